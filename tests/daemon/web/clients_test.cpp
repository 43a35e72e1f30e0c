#include "daemon/web/clients.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace sonde::web::clients_test {
namespace {

using Page = std::shared_ptr<const std::string>;

struct ClientsTest : testing::Test {
  Clients clients;
  std::vector<int> cut;

  Clients::Place add(int number) {
    return clients.add({.cut = [this, number] { cut.push_back(number); }});
  }
  static Page page(std::size_t size) { return std::make_shared<const std::string>(size, 'x'); }
};

TEST(ClientsOfAddress, OneOfTheSameAddressIsCutAndNoOther) {
  Clients clients(2);
  std::vector<int> cut;
  const auto add = [&](int number, const std::string& address) {
    return clients.add({.cut = [&cut, number] { cut.push_back(number); }, .address = address});
  };
  add(1, "192.0.2.9");
  const auto two = add(2, "192.0.2.1");
  add(3, "192.0.2.1");
  EXPECT_THAT(cut, testing::IsEmpty());
  add(4, "192.0.2.1");
  EXPECT_THAT(cut, testing::ElementsAre(2));
  clients.remove(two);
  add(5, "192.0.2.9");
  EXPECT_THAT(cut, testing::ElementsAre(2));
}

TEST(ClientsOfAddress, ClosedConnectionsDoNotCount) {
  Clients clients(2);
  int cut = 0;
  for (int i = 0; i < 10; ++i)
    clients.remove(clients.add({.cut = [&cut] { ++cut; }, .address = "192.0.2.1"}));
  EXPECT_EQ(cut, 0);
  EXPECT_TRUE(clients.none());
}

TEST(ClientsOfAddress, OnlyIdleOnesAreCutWhenTheServerDrains) {
  Clients clients;
  std::vector<int> cut;
  for (int number = 0; number < 3; ++number)
    clients.add({.cut = [&cut, number] { cut.push_back(number); },
                 .idle = [number] { return number != 1; }});
  clients.cut_idle();
  EXPECT_THAT(cut, testing::ElementsAre(0, 2));
  EXPECT_FALSE(clients.none());
}

TEST_F(ClientsTest, TheOneThatHasOwedARequestLongestIsCutFirst) {
  const auto one = add(1);
  add(2);
  add(3);
  clients.is_answered(one);
  clients.waits(one);  // it has asked, so it is the newest of those that wait
  EXPECT_TRUE(clients.make_room());
  EXPECT_TRUE(clients.make_room());
  EXPECT_TRUE(clients.make_room());
  EXPECT_FALSE(clients.make_room());
  EXPECT_EQ(cut, (std::vector{2, 3, 1}));
  EXPECT_EQ(clients.size(), 0u);
}

TEST_F(ClientsTest, OfThoseThatAreMostTheOldestIsCut) {
  for (int n = 1; n < 4; ++n) clients.reads(add(n), page(5));
  add(10);
  add(11);
  EXPECT_TRUE(clients.make_room());
  EXPECT_EQ(cut, (std::vector{1})) << "three read and two are idle";
  EXPECT_TRUE(clients.make_room() && clients.make_room() && clients.make_room());
  EXPECT_EQ(cut, (std::vector{1, 10, 2, 11}));
}

TEST_F(ClientsTest, WhoAsksIsNotCutForManyThatAwaitAnAnswer) {
  for (int n = 0; n < 5; ++n) clients.is_answered(add(n));
  add(10);
  EXPECT_TRUE(clients.make_room() && clients.make_room());
  EXPECT_EQ(cut, (std::vector{0, 1}));
}

TEST_F(ClientsTest, WhoWasCutDoesNotComeBack) {
  const auto one = add(1);
  EXPECT_TRUE(clients.make_room());
  clients.waits(one);
  clients.is_answered(one);
  EXPECT_EQ(clients.size(), 0u);
  clients.cut_all();
  EXPECT_EQ(cut, (std::vector{1})) << "a client is cut once";
  clients.remove(one);
}

TEST_F(ClientsTest, OfManyLargePagesTheReadersOfTheOldestAreCut) {
  const Page shared = page(1'000'000);
  clients.reads(add(0), page(10));
  clients.reads(add(1), shared);
  for (int n = 2; n < 9; ++n) clients.reads(add(n), page(1'000'000));
  clients.reads(add(9), shared);
  EXPECT_TRUE(cut.empty()) << "eight pages are held";
  clients.reads(add(10), page(1'000'000));
  EXPECT_EQ(cut, (std::vector{1, 9}));
}

TEST_F(ClientsTest, SmallPagesAreNotCounted) {
  for (int n = 0; n < 100; ++n) clients.reads(add(n), page(1000));
  EXPECT_TRUE(cut.empty());
}

}  // namespace
}  // namespace sonde::web::clients_test
