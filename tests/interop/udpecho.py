# udpecho.py: the course's own UDP programs, in Python, as peers of udpecho and udpechod.
#
#	udpecho.py ask PORT       as a client: what it sends comes back, of all sizes, connected
#	                          and not, three sent three received, from the address asked
#	udpecho.py find PORT      as a client that broadcasts on the loopback network
#	udpecho.py serve          as a server, in upper case; prints a ready line
import socket
import sys


def client():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(5)
    return s


def ask(port):
    s = client()
    for size in (0, 1, 100, 1472, 1473, 9000, 65507):
        s.sendto(b'x' * size, ('127.0.0.1', port))
        data, addr = s.recvfrom(65536)
        assert data == b'x' * size, size
        assert addr == ('127.0.0.1', port), addr
    for word in ('one', '', '三'):
        s.sendto(word.encode('utf-8'), ('127.0.0.1', port))
    words = [s.recv(1024).decode('utf-8') for _ in range(3)]
    assert words == ['one', '', '三'], words
    c = client()
    c.connect(('127.0.0.5', port))
    c.send(b'from whom?')
    assert c.recv(100) == b'from whom?'
    print('all came back')


def find(port):
    s = client()
    try:
        s.sendto(b'Hi', ('127.255.255.255', port))
        print('broadcast without SO_BROADCAST')
    except PermissionError:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.sendto(b'Hi', ('127.255.255.255', port))
        data, addr = s.recvfrom(100)
        print('found', data.decode(), 'at', addr[0])


def serve():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('127.0.0.1', 0))
    print('udpecho.py: listening on udp 127.0.0.1:%d' % s.getsockname()[1], flush=True)
    while True:
        data, addr = s.recvfrom(65536)
        s.sendto(data.upper(), addr)


if sys.argv[1] == 'serve':
    serve()
else:
    {'ask': ask, 'find': find}[sys.argv[1]](int(sys.argv[2]))
