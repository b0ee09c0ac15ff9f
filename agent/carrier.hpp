#pragma once
// What the running agent does for `export` and `acknowledge`: it alone may use the outbox, so it reads rows
// for them and takes marks from them, over the control socket.

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "agent/outbox/outbox.hpp"
#include "agent/publish.hpp"
#include "agent/recorder.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {

/// Requests, each a line of words; answers begin with '+', or with '-' and what is wrong.
///   export begin [all]            what is in memory goes to the disk first; JSON: "epoch", "lanes" with
///                                 "first" and "last". `all`: from the first row on, spares and gaps too
///   export read EPOCH LANE FIRST LAST   the payload of a part (sparkplug/export_file.hpp) that begins with FIRST
///   acknowledge EPOCH MARK MARK   marks of lane 0 and 1; JSON: "lanes" with "before" and "mark"
/// Thread-safety: one loop; the outbox is touched only on the worker thread.
class Carrier {
 public:
  /// `correct` gives the records of a batch the times that the board knows by now.
  Carrier(Outbox& outbox, WorkerThread& store, Recorder& recorder, Publisher& publisher,
          std::function<void(Batch&)> correct);

  /// Is this a request for us?
  [[nodiscard]] static bool knows(std::string_view request);
  boost::asio::awaitable<std::string> answer(std::string request);

 private:
  boost::asio::awaitable<std::string> begin(bool everything);
  boost::asio::awaitable<std::string> read(std::string request);
  [[nodiscard]] std::string acknowledge(const std::string& request);

  Outbox& outbox_;
  WorkerThread& store_;
  Recorder& recorder_;
  Publisher& publisher_;
  std::function<void(Batch&)> correct_;
};

}  // namespace xalink
