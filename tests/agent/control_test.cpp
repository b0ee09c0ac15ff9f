#include "agent/control.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>

#include "sparkplug/asio_clock.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

TEST(ControlSocket, AnswersOneRequestAfterTheOther) {
  const ScratchFolder folder;
  const auto file = folder / "run/control.sock";
  boost::asio::io_context loop{1};
  AsioClock clock;
  auto control = ControlSocket::open(loop.get_executor(), file);
  ASSERT_TRUE(control) << control.error().to_string();
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0660U);
  ControlAnswer answer = [](std::string_view request) { return "you said " + std::string(request); };
  boost::asio::co_spawn(loop, control->run(clock, answer), boost::asio::detached);
  std::thread server([&] { loop.run(); });
  EXPECT_EQ(ask_agent(file, "status").value(), "you said status");
  EXPECT_EQ(ask_agent(file, "again").value(), "you said again");
  loop.stop();
  server.join();
}

TEST(ControlSocket, TakesThePlaceOfADeadAgentAndRespectsALivingOne) {
  const ScratchFolder folder;
  const auto file = folder / "control.sock";
  boost::asio::io_context loop{1};
  {
    auto first = ControlSocket::open(loop.get_executor(), file);
    ASSERT_TRUE(first);
    const auto second = ControlSocket::open(loop.get_executor(), file);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().what.find("another xalink-agent"), std::string::npos);
  }
  folder.write("control.sock", "left over");
  EXPECT_TRUE(ControlSocket::open(loop.get_executor(), file));
}

TEST(ControlSocket, SaysWhatToDoWhenNobodyAnswers) {
  const ScratchFolder folder;
  const auto answer = ask_agent(folder / "none.sock", "status");
  ASSERT_FALSE(answer);
  EXPECT_FALSE(answer.error().next.empty());
}

}  // namespace
}  // namespace xalink
