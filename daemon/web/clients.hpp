#pragma once
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

namespace sonde::web {

// The clients of one listener, by their state. A client that sends a request is not rejected
// because of those that do not: if there is no room, a client of the largest group is disconnected
// (idle clients, clients that wait for the same answer, or slow readers), namely the one that has
// been in it longest. The same holds for the clients of one address. Single-threaded.
class Clients {
 public:
  struct Client {
    std::function<void()> cut;        // ends the connection; called at most once
    std::function<bool()> idle = {};  // whether it has sent nothing of a next request
    std::string address = {};         // without port
    std::shared_ptr<const std::string> page = nullptr;  // the answer that is being sent
    std::list<Client>* of = nullptr;                    // the list that contains it
  };
  using Place = std::list<Client>::iterator;

  // `of_address_max`: clients of one address.
  explicit Clients(std::size_t of_address_max = 256) : of_address_max_(of_address_max) {}

  // A client has connected and has to send a request.
  Place add(Client client);
  void remove(Place client);

  // The client has to send its next request, is being answered, or reads `page`. At most eight
  // different large pages are kept: beyond that the readers of the oldest are disconnected.
  void waits(Place client);
  void is_answered(Place client);
  void reads(Place client, std::shared_ptr<const std::string> page);

  std::size_t size() const { return waiting_.size() + answered_.size() + reading_.size(); }
  // Disconnects one client; false: there is none.
  bool make_room();
  void cut_all();
  void cut_idle();
  // Whether every session has ended, also those that were disconnected.
  bool none() const { return size() == 0 && cut_.empty(); }

 private:
  static void move(Place client, std::list<Client>& to);
  void cut(Place client);
  bool cut_one(const std::string& address);
  void forget(const std::string& address);
  void bound_pages();

  std::list<Client> waiting_, answered_, reading_;  // each ordered by waiting time, longest first
  std::list<Client> cut_;                           // until their sessions have ended
  std::map<std::string, std::size_t> of_address_;   // those that were not disconnected
  std::size_t of_address_max_;
};

}  // namespace sonde::web
