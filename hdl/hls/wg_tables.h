// Numbers in constant tables. Included by wg_types.h.
#ifndef WG_TABLES_H
#define WG_TABLES_H

// Entry of a table: exactly as wide as its numbers in hardware. A C++ compiler gets the narrowest native integer, which
// holds the same numbers and needs no constructor call for each of them.
#ifdef __SYNTHESIS__
template <int BITS> using wg_table = wg_int<BITS>;
#else
template <int BITS>
using wg_table = typename std::conditional<
    BITS <= 8, signed char,
    typename std::conditional<
        BITS <= 16, short,
        typename std::conditional<
            BITS <= 32, int,
            typename std::conditional<BITS <= 64, long long, wg_int<BITS>>::type>::type>::type>::type;
#endif

template <int BITS> wg_int<BITS> wg_join(const wg_int<BITS> &high) { return high; }

template <int BITS, typename... REST>
wg_int<BITS> wg_join(const wg_int<BITS> &high, unsigned long long low, REST... rest) {
    return wg_join<BITS>(wg_int<BITS>((high << 64) | wg_int<BITS>(wg_uint<64>(low))), rest...);
}

// A number beyond 64 bits: its highest part, signed, then 64 bits at a time.
template <int BITS, typename... REST> wg_int<BITS> wg_wide(long long high, REST... rest) {
    return wg_join<BITS>(wg_int<BITS>(high), rest...);
}

#endif
