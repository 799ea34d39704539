"""What Verilog and HLS share: the network as steps, its streams, its folding."""
