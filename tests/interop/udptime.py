"""The other side of tests/interop/udptime.sh: plain sockets, strftime and struct.

usage: udptime.py ask PORT | measure PORT | serve
"""
import socket
import struct
import sys
import time

PROBE = "!4sBBbBQqqqq"  # udptimed(8), PROBES
AHEAD_NS = 1000 * 10**9


def ask(port):
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.sendto(b"", ("127.0.0.1", port))
    print(client.recvfrom(1024)[0].decode())


def measure(port):
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.connect(("127.0.0.1", port))
    t1 = time.time_ns()
    client.send(struct.pack(PROBE, b"\0clk", 1, 1, -20, 0, 42, t1, 0, 0, 0))
    answer = client.recv(1024)
    t4 = time.time_ns()
    magic, version, kind, _, _, cookie, t1_again, t2, t3, _ = struct.unpack(PROBE, answer)
    assert (magic, version, kind, cookie, t1_again) == (b"\0clk", 1, 2, 42, t1), answer
    offset, delay = ((t2 - t1) + (t3 - t4)) / 2, (t4 - t1) - (t3 - t2)
    print("offset within the delay" if abs(offset) <= delay else f"{offset=} {delay=}")


def serve():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    print("python: listening on udp %s:%d" % server.getsockname(), flush=True)
    while True:
        request, client = server.recvfrom(1024)
        if request[:4] == b"\0clk":
            now = time.time_ns() + AHEAD_NS
            fields = struct.unpack(PROBE, request)
            answer = struct.pack(PROBE, b"\0clk", 1, 2, -20, 0, fields[5], fields[6], now, now, 0)
        else:
            answer = time.strftime(request.decode() or "%Y-%m-%d %X").encode()
        server.sendto(answer, client)


if __name__ == "__main__":
    {"ask": ask, "measure": measure, "serve": serve}[sys.argv[1]](*map(int, sys.argv[2:]))
