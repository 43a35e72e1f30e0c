#pragma once
#include <cstddef>
#include <memory>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/core/sink.hpp"
#include "daemon/web/event_stream.hpp"

namespace sonde::page {

// Says to the open pages that something has changed, at most once in `every`; they fetch what they
// show. Main thread only; the last of the sinks.
class Live : public Sink {
 public:
  static constexpr Span every = std::chrono::seconds(2);
  static constexpr std::size_t clients_max = 64;

  explicit Live(const boost::asio::any_io_executor& main);
  ~Live() override;
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  void accept(const ResultPtr&) override { changed(); }
  void changed();
  // For a client that joins; null: there are too many.
  std::shared_ptr<web::EventStream> join();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::page
