#pragma once

// `co_await socket.async_x(..., into(ec))`: wait, and put the failure into ec instead of throwing.

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace davy::net {

inline auto into(boost::system::error_code& ec) {
  return boost::asio::redirect_error(boost::asio::use_awaitable, ec);
}

}  // namespace davy::net
