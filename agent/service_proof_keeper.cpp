#include "agent/service_proof_keeper.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace xalink {
namespace {

// The first visits follow each other, some minutes apart at most.
constexpr Duration kFirst = std::chrono::seconds(5);
constexpr Duration kLongest = std::chrono::hours(1);

}  // namespace

ServiceProofKeeper::ServiceProofKeeper(const boost::asio::any_io_executor& executor, Clock& clock,
                                       std::shared_ptr<ServiceProofs> proofs)
    : clock_(clock), proofs_(std::move(proofs)), changed_(executor) {
  proofs_->listen([this] {
    if (proofs_->has_news()) changed_.ring();
  });
}

void ServiceProofKeeper::keep_again() {
  proofs_->kept({});
  changed_.ring();
}

boost::asio::awaitable<void> ServiceProofKeeper::run(Recorder& recorder) {
  Duration wait = kFirst;
  while (true) {
    if (!proofs_->has_news()) {
      co_await changed_.wait();
      continue;
    }
    co_await clock_.sleep_for(wait);
    auto all = proofs_->all();
    auto keeping = recorder.keep_note(kServiceProofNote, ServiceProofs::to_text(all));
    const auto kept = co_await std::move(keeping);
    if (!kept) continue;  // the recorder says in its log that the disk refuses
    proofs_->kept(std::move(all));
    wait = std::min(2 * wait, kLongest);
  }
}

}  // namespace xalink
