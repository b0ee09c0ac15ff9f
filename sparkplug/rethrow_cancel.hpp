#pragma once
// For coroutines that take an operation's error as a value.

#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

namespace xalink {

/// A step that was cancelled has not failed: the reason is told by whoever cancelled, so it goes on to there
/// as operation_aborted. Any other error, and success, is left to the caller.
inline void rethrow_cancel(const boost::system::error_code& error) {
  if (error == boost::asio::error::operation_aborted) throw boost::system::system_error(error);
}

}  // namespace xalink
