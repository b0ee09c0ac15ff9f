#include "agent/reason_words.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "agent/modem_health.hpp"
#include "agent/portal_judgement.hpp"
#include "agent/verdict.hpp"
#include "sparkplug/http_proxy.hpp"
#include "sparkplug/mqtt_refusal.hpp"

namespace xalink {
namespace {

std::string vi(std::string_view reason) {
  return reason_in(Language::vietnamese, reason);
}

TEST(ReasonWords, AreEnglishForWhoReadsEnglish) {
  EXPECT_EQ(reason_in(Language::english, "connect: Connection refused"), "connect: Connection refused");
  EXPECT_EQ(vi(""), "");
}

TEST(ReasonWords, SayEachStepAndItsReason) {
  EXPECT_EQ(vi("no reply"), "không trả lời");
  EXPECT_EQ(vi("connect: no answer in time"), "kết nối: không trả lời kịp");
  EXPECT_EQ(vi("name: the name does not exist"), "tên miền: không có tên này");
  EXPECT_EQ(vi("HTTP: status 503"), "HTTP: mã trạng thái 503");
  EXPECT_EQ(vi("name: wrong address 203.0.113.66; the service is at 203.0.113.10 as before"),
            "tên miền: địa chỉ sai 203.0.113.66; dịch vụ vẫn ở 203.0.113.10 như trước");
  EXPECT_EQ(vi("TLS: certificate has expired"), "TLS: chứng thư đã hết hạn");
  EXPECT_EQ(vi("TLS: self-signed certificate; issued by \"FortiGate\""),
            "TLS: chứng thư tự ký; do \"FortiGate\" cấp");
}

TEST(ReasonWords, SayWhatAProxyAnswers) {
  EXPECT_EQ(vi("proxy: the proxy wants another user name or password"),
            "proxy: proxy đòi tên đăng nhập hoặc mật khẩu khác");
  EXPECT_EQ(vi("Reach/tax (proxy: the proxy does not allow this connection (status 403))"),
            "Reach/tax (proxy: proxy không cho phép kết nối này (mã 403))");
  for (const std::string_view head :
       {"", "HTTP/1.1 400 ", "HTTP/1.1 403 ", "HTTP/1.1 407 ", "HTTP/1.1 502 ", "HTTP/1.1 500 "}) {
    const std::string reason = tunnel_answer(head).reason;
    EXPECT_NE(vi(reason), reason);
    EXPECT_EQ(vi(reason).find("the proxy"), std::string::npos) << vi(reason);
  }
  for (const char* reason : {"the proxy's answer cannot be read: Connection reset by peer",
                             "the proxy sends more than the answer"}) {
    EXPECT_EQ(vi(reason).find("the"), std::string::npos) << vi(reason);
  }
}

TEST(ReasonWords, SayThatAServiceSpeaksNoTls) {
  EXPECT_EQ(vi("TLS: wrong version number (SSL routines)"), "TLS: bên kia không dùng TLS ở cổng này");
}

TEST(ReasonWords, SayTheEvidenceOfAnOutageWitnessByWitness) {
  EXPECT_EQ(
      vi("Ping/anchor (no reply), TCP/anchor (no answer in time), Path (hop 1 10.88.1.1 answers, nothing "
         "beyond: last mile)"),
      "Ping/anchor (không trả lời), TCP/anchor (không trả lời kịp), Path (chặng 1 10.88.1.1 trả lời, sau đó "
      "không còn gì: đường dây tới nhà mạng)");
  EXPECT_EQ(vi("Link/up0 (no carrier)"), "Link/up0 (không có tín hiệu từ đầu dây bên kia)");
  EXPECT_EQ(vi("Captive Portal (sent to login.test (status 302))"),
            "Captive Portal (bị chuyển tới login.test (mã 302))");
  EXPECT_EQ(vi("Power (on battery, 80 %)"), "Power (đang chạy bằng pin, còn 80 %)");
  EXPECT_EQ(vi("Ping/gateway"), "Ping/gateway");
}

TEST(ReasonWords, SayWhatIsWrongWithASourceOfDossiersAndWhatToDo) {
  EXPECT_EQ(
      vi("127.0.0.1:8080: the answer ends within a line and its length was not told: the rows before that "
         "line are taken, and all of it is asked for again. if this stays, tell whoever runs the server to "
         "send Content-Length"),
      "127.0.0.1:8080: trả lời bị đứt giữa một dòng mà không báo trước độ dài: các dòng trước đó đã được "
      "nhận, và máy sẽ hỏi lại toàn bộ. nếu vẫn vậy, báo nơi vận hành máy chủ gửi kèm Content-Length");
  EXPECT_EQ(vi("https://mc.example.vn: the server answers with status 401: it does not accept the token. put "
               "a valid "
               "token into token_file"),
            "https://mc.example.vn: máy chủ trả lời mã 401: không chấp nhận mã truy cập. ghi mã truy cập còn "
            "hiệu lực "
            "vào token_file");
  EXPECT_EQ(
      vi("/srv/drop: cannot be listed: Permission denied. let the agent's user read the drop folder"),
      "/srv/drop: không liệt kê được: không được phép. cho người dùng của agent quyền đọc thư mục thả tệp");
  EXPECT_EQ(vi("/etc/xalink-agent/token: others can read or change the token. run: chmod 600 "
               "/etc/xalink-agent/token"),
            "/etc/xalink-agent/token: người khác đọc hoặc sửa được mã truy cập. chạy: chmod 600 "
            "/etc/xalink-agent/token");
}

TEST(ReasonWords, LeaveNamesAndWhatTheyDoNotKnowAsItIs) {
  EXPECT_EQ(vi("Reach/tax (connect: ENETSOMETHING)"), "Reach/tax (kết nối: ENETSOMETHING)");
  EXPECT_EQ(vi("something new"), "something new");
}

// A reason that somebody adds has to be said in Vietnamese as well.
TEST(ReasonWords, KnowWhatModemsAndPortalsAndBrokersCanHave) {
  for (const auto fault : {ModemFault::no_sim, ModemFault::sim_locked, ModemFault::denied, ModemFault::failed,
                           ModemFault::no_registration, ModemFault::gone, ModemFault::silent}) {
    const std::string word(to_string(fault));
    EXPECT_NE(vi(word), word);
  }
  const auto url = parse_service_url("http://portal.test/").value();
  for (const auto& [status, location, body] :
       {std::tuple(302U, "https://login.test/", ""), std::tuple(511U, "", ""), std::tuple(204U, "", "x"),
        std::tuple(200U, "", ""), std::tuple(503U, "", "")}) {
    const auto finding = judge_answer(url, {204, status == 204U ? "y" : ""}, status, location, body);
    ASSERT_FALSE(finding.reason.empty());
    EXPECT_NE(vi(finding.reason), finding.reason);
  }
  BrokerSettings broker;
  broker.host = "10.0.0.1";
  for (const bool tls : {false, true}) {
    broker.tls = tls;
    std::vector<Error> errors = {not_reachable(broker), no_answer(broker)};
    for (const int code : {1, 2, 3, 4, 5, 138, 200}) errors.push_back(connect_refused(broker, code));
    for (const Error& error : errors) {
      const auto said = vi(error.to_string());
      EXPECT_EQ(said.find("broker "), std::string::npos) << said;
      EXPECT_NE(said.find("10.0.0.1"), std::string::npos) << said;
    }
  }
  for (const int code : {0, 139, 141, 142, 149, 7}) {
    EXPECT_NE(vi(disconnect_reason(code)), disconnect_reason(code));
  }
}

}  // namespace
}  // namespace xalink
