// Stand-in for the header of this name in Vitis HLS, which the open ap_int headers leave out: for g++ only.
#ifndef WG_OPEN_AP_AXI_SDATA_H
#define WG_OPEN_AP_AXI_SDATA_H

#include <ap_int.h>

template <int DATA, int USER, int ID, int DEST> struct ap_axiu {
    static_assert(USER == 0 && ID == 0 && DEST == 0, "only tdata, tkeep, tstrb and tlast stand here");
    ap_uint<DATA> data;
    ap_uint<(DATA + 7) / 8> keep;
    ap_uint<(DATA + 7) / 8> strb;
    ap_uint<1> last;
};

#endif
