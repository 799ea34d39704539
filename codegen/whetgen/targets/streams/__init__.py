"""What Verilog and HLS share: its layers as hardware, its streams, its folding."""
