#include "sparkplug/topic.hpp"

#include <gtest/gtest.h>

namespace xalink {
namespace {

TEST(Topic, ParsesWhatItPrints) {
  const Topic topics[] = {
      {MessageType::nbirth, "VN-03", "site-1", {}},
      {MessageType::ndeath, "VN-03", "site-1", {}},
      {MessageType::ndata, "VN-03", "xã Đồng Văn", {}},
      {MessageType::ncmd, "VN-03", "site-1", {}},
      {MessageType::dbirth, "VN-03", "site-1", "network"},
      {MessageType::ddeath, "VN-03", "site-1", "board"},
      {MessageType::ddata, "VN-03", "site-1", "dossiers"},
      {MessageType::dcmd, "VN-03", "site-1", "network"},
      {MessageType::state, {}, "xalink", {}},
  };
  for (const auto& topic : topics) {
    const auto parsed = parse_topic(to_string(topic));
    ASSERT_TRUE(parsed) << to_string(topic);
    EXPECT_EQ(*parsed, topic);
  }
}

TEST(Topic, PrintsTheStandardsForm) {
  EXPECT_EQ(to_string(Topic{MessageType::ddata, "VN-03", "00688", "network"}),
            "spBv1.0/VN-03/DDATA/00688/network");
  EXPECT_EQ(to_string(Topic{MessageType::state, {}, "xalink", {}}), "spBv1.0/STATE/xalink");
}

TEST(Topic, RefusesWhatIsNotSparkplugAndSaysWhy) {
  const char* const wrong[] = {
      "",
      "spBv1.0",
      "spAv1.0/g/NBIRTH/n",
      "spBv1.0/g/NBIRTH",
      "spBv1.0/g/NBIRTH/n/d",
      "spBv1.0/g/DDATA/n",
      "spBv1.0/g/DDATA/n/d/e",
      "spBv1.0/g/XDATA/n",
      "spBv1.0/g/nbirth/n",
      "spBv1.0//NBIRTH/n",
      "spBv1.0/g/NBIRTH/",
      "spBv1.0/g/NBIRTH/a+b",
      "spBv1.0/g/NBIRTH/a#",
      "spBv1.0/g/STATE/n",
      "spBv1.0/g/NBIRTH/\x01",
      "spBv1.0/g/NBIRTH/\xC3\x28",
      "spBv1.0/g/NBIRTH/\xED\xA0\x80",
  };
  for (const char* text : wrong) {
    const auto parsed = parse_topic(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_FALSE(parsed.error().what.empty());
  }
}

TEST(Topic, TellsItsOwnerWithoutBeingValid) {
  for (const char* text : {"spBv1.0/g/NBIRTH/n", "spBv1.0/g/XDATA/n", "spBv1.0/g/DDATA/n/d/more"}) {
    const auto owner = owner_of(text);
    ASSERT_TRUE(owner.has_value()) << text;
    EXPECT_EQ(owner->group, "g");
    EXPECT_EQ(owner->node, "n");
  }
  for (const char* text : {"", "spBv1.0", "spBv1.0/STATE/h", "spBv1.0/g/NDATA", "spBv1.0//NDATA/n",
                           "spBv1.0/g/NDATA/", "other/g/NDATA/n", "spBv1.0/g/NDATA/\x01"}) {
    EXPECT_FALSE(owner_of(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace xalink
