#include "daemon/page/live.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

namespace sonde::page::live_test {
namespace {

struct LiveTest : testing::Test {
  boost::asio::io_context loop;
  Live live{loop.get_executor()};
};

TEST_F(LiveTest, ClientsThatAreNeverSentAnythingTakeNoPlace) {
  for (std::size_t i = 0; i < 3 * Live::clients_max; ++i) EXPECT_TRUE(live.join()) << i;
}

TEST_F(LiveTest, TheNumberOfClientsIsBoundedAndOneThatEndsMakesRoom) {
  std::vector<std::shared_ptr<web::EventStream>> clients;
  for (std::size_t i = 0; i < Live::clients_max; ++i) clients.push_back(live.join());
  EXPECT_FALSE(live.join());
  clients.front()->end();
  EXPECT_TRUE(live.join());
}

}  // namespace
}  // namespace sonde::page::live_test
