#pragma once
// A board in an office of the small Internet, with the province's broker and gateway: what the tests of the
// ladder and of the doctor begin with.

#include <gtest/gtest.h>

#include "sparkplug/asio_clock.hpp"
#include "tests/fakes/mosquitto.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/faults/ladder/office_board.hpp"
#include "tests/faults/ladder/small_internet.hpp"
#include "tests/faults/links/net_space.hpp"
#include "tests/integration/deployment.hpp"

namespace xalink::test {

class SmallOffice : public testing::Test {
 protected:
  ScratchFolder folder_;
  // First of all: whatever is started from here on is in the Internet.
  struct Here {
    Here() { NetSpace::move_here(); }
  } here_;
  AsioClock clock_;
  Mosquitto broker_;
  SmallInternet internet_{broker_.port()};
  GatewayProcess gateway_{folder_, Broker{broker_.port()}};
  OfficeBoard board_{folder_, internet_};
};

}  // namespace xalink::test
