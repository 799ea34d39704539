// A stream between threads that holds a bounded number of words, in place of the simulation model without a bound. A
// thread that waits longer than PATIENCE_S says so and ends the program with code 9: the network is stuck.
#ifndef BOUNDED_HLS_STREAM_H
#define BOUNDED_HLS_STREAM_H

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdlib>
#include <deque>
#include <mutex>

namespace hls {

template <typename WORD> class stream {
  public:
    std::size_t depth = 2;

    WORD read() {
        std::unique_lock<std::mutex> lock(mutex_);
        wait(lock, [this] { return !words_.empty(); });
        const WORD word = words_.front();
        words_.pop_front();
        changed_.notify_all();
        return word;
    }

    void write(const WORD &word) {
        std::unique_lock<std::mutex> lock(mutex_);
        wait(lock, [this] { return words_.size() < depth; });
        words_.push_back(word);
        changed_.notify_all();
    }

  private:
    template <typename CONDITION> void wait(std::unique_lock<std::mutex> &lock, CONDITION condition) {
        if (!changed_.wait_for(lock, std::chrono::seconds(PATIENCE_S), condition))
            std::_Exit(9);
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<WORD> words_;
};

} // namespace hls

#endif
