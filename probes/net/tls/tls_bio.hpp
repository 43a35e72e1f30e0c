#pragma once

struct bio_st;

namespace sonde::net {

// A BIO on a socket that it does not own. Unlike OpenSSL's own, it raises no SIGPIPE when writing
// to a connection that the peer has reset. Null if there is no memory.
bio_st* socket_bio(int fd);

}  // namespace sonde::net
