#include "sparkplug/control_socket.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

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
  auto control = ControlSocket::open(loop.get_executor(), file, "xalink-agent");
  ASSERT_TRUE(control) << control.error().to_string();
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0660U);
  ControlAnswer answer = [](ControlTalk& talk) { return talk.say("you said " + talk.request() + "\n"); };
  boost::asio::co_spawn(loop, control->run(clock, answer), boost::asio::detached);
  std::thread server([&] { loop.run(); });
  EXPECT_EQ(ask(file, "status", {.program = "xalink-agent"}).value(), "you said status");
  EXPECT_EQ(ask(file, "again", {.program = "xalink-agent"}).value(), "you said again");
  loop.stop();
  server.join();
}

TEST(ControlSocket, TakesThePlaceOfADeadAgentAndRespectsALivingOne) {
  const ScratchFolder folder;
  const auto file = folder / "control.sock";
  boost::asio::io_context loop{1};
  {
    auto first = ControlSocket::open(loop.get_executor(), file, "xalink-agent");
    ASSERT_TRUE(first);
    const auto second = ControlSocket::open(loop.get_executor(), file, "xalink-agent");
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().what.find("another xalink-agent"), std::string::npos);
  }
  folder.write("control.sock", "left over");
  EXPECT_TRUE(ControlSocket::open(loop.get_executor(), file, "xalink-agent"));
}

// A file that whoever asks may read, and whoever answers may not.
boost::asio::awaitable<void> read_file(ControlTalk& talk) {
  const int descriptor = talk.take_descriptor();
  std::string text(64, '\0');
  const auto size = descriptor < 0 ? 0 : ::read(descriptor, text.data(), text.size());
  if (descriptor >= 0) ::close(descriptor);
  text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  co_await talk.say("progress 1\nprogress 2\n");
  co_await talk.say(talk.request() + ": " + text);
}

TEST(ControlSocket, TakesAnOpenFileAndTellsHowFarItIs) {
  const ScratchFolder folder;
  const auto file = folder / "control.sock";
  boost::asio::io_context loop{1};
  AsioClock clock;
  auto control = ControlSocket::open(loop.get_executor(), file, "xalink-gateway");
  ASSERT_TRUE(control);
  EXPECT_EQ(who_listens(file), Listener::there);
  EXPECT_EQ(who_listens(folder / "none.sock"), Listener::none);
  ControlAnswer answer = read_file;
  boost::asio::co_spawn(loop, control->run(clock, answer), boost::asio::detached);
  std::thread server([&] { loop.run(); });
  const int descriptor = ::open(folder.write("a.txt", "what it holds").c_str(), O_RDONLY | O_CLOEXEC);
  std::string progress;
  ControlCall call{.program = "xalink-gateway"};
  call.descriptor = descriptor;
  call.progress = [&](std::string_view line) { progress += line; };
  EXPECT_EQ(ask(file, "import a.txt", call).value(), "import a.txt: what it holds");
  EXPECT_EQ(progress, "12");
  call.descriptor = -1;
  EXPECT_EQ(ask(file, "import", call).value(), "import: ");
  ::close(descriptor);
  loop.stop();
  server.join();
}

TEST(ControlSocket, SaysWhatToDoWhenNobodyAnswers) {
  const ScratchFolder folder;
  const auto answer = ask(folder / "none.sock", "status", {.program = "xalink-agent"});
  ASSERT_FALSE(answer);
  EXPECT_FALSE(answer.error().next.empty());
}

}  // namespace
}  // namespace xalink
