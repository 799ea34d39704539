// Numbers in arrays of constants, and sums of them. Included by wg_types.h.
//
// In hardware every number is exactly as wide as its type says. A C++ compiler gets native integers instead where the
// result is the same bit for bit: constants need no constructor call for each number, sums are fast. With WG_EXACT_TYPES it
// adds up in the hardware's types all the same.
#ifndef WG_NUMBERS_H
#define WG_NUMBERS_H

#ifdef __SYNTHESIS__
static const int WG_NATIVE_CONSTANTS = 0; // widest number that a native integer holds
static const int WG_NATIVE_SUMS = 0;
#elif defined(WG_EXACT_TYPES)
static const int WG_NATIVE_CONSTANTS = 64;
static const int WG_NATIVE_SUMS = 0;
#else
static const int WG_NATIVE_CONSTANTS = 64;
static const int WG_NATIVE_SUMS = 64;
#endif

// ---- constants ----

template <int BITS, bool NATIVE> struct wg_stored {
    typedef wg_int<BITS> type;
};

// The narrowest native integer of BITS bits or more.
template <int BITS> struct wg_stored<BITS, true> {
    typedef typename std::conditional<
        BITS <= 8, signed char,
        typename std::conditional<BITS <= 16, short,
                                  typename std::conditional<BITS <= 32, int, long long>::type>::type>::type type;
};

// A number of BITS bits in an array of constants.
template <int BITS> using wg_constant = typename wg_stored<BITS, (BITS <= WG_NATIVE_CONSTANTS)>::type;

template <int BITS> wg_int<BITS> wg_join(const wg_int<BITS> &high) { return high; }

template <int BITS, typename... REST>
wg_int<BITS> wg_join(const wg_int<BITS> &high, unsigned long long low, REST... rest) {
    return wg_join<BITS>(wg_int<BITS>((high << 64) | wg_int<BITS>(wg_uint<64>(low))), rest...);
}

// A number beyond 64 bits: its highest part, signed, then 64 bits at a time.
template <int BITS, typename... REST> wg_int<BITS> wg_wide(long long high, REST... rest) {
    return wg_join<BITS>(wg_int<BITS>(high), rest...);
}

// ---- sums of products ----

// How sums of type SUM add up: as in hardware.
template <typename SUM, bool NATIVE> struct wg_arithmetic {
    typedef SUM sum;
    template <typename ELEMENT> struct operand {
        typedef ELEMENT type;
    };

    template <typename ELEMENT> static ELEMENT load(const ELEMENT &element) { return element; }

    // Element times weight: a choice where the element is a spike.
    template <typename WEIGHT> static SUM term(const wg_uint<1> &spike, const WEIGHT &weight) {
        return spike != 0 ? SUM(weight) : SUM(0);
    }
    template <typename ELEMENT, typename WEIGHT> static SUM term(const ELEMENT &element, const WEIGHT &weight) {
        return SUM(element * weight);
    }

    static SUM store(const SUM &sum) { return sum; }
};

// Modulo 2^64, of which a sum of at most 64 bits is the low part.
template <typename SUM> struct wg_arithmetic<SUM, true> {
    typedef unsigned long long sum;
    template <typename ELEMENT> struct operand {
        typedef unsigned long long type;
    };

    template <typename ELEMENT> static sum load(const ELEMENT &element) { return sum(element.to_int64()); }

    template <typename WEIGHT> static sum term(sum element, WEIGHT weight) { return element * sum(weight); }

    static SUM store(sum total) { return SUM((long long)(total)); }
};

template <typename SUM> using wg_adder = wg_arithmetic<SUM, (SUM::width <= WG_NATIVE_SUMS)>;

#endif
