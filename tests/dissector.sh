#!/bin/sh
# dissector.sh: Wireshark shows our frames with etc/switchboard.lua.
#
# The failure it guards: a dissector that loses its place when TCP cuts a frame, that
# does not know a type, or does not load. Python writes the captures, so no rights to
# capture are needed; tshark reads them.
set -eu
export LC_ALL=C

cd "$(dirname "$0")/.."
. tests/report.sh
tmp=$(mktemp -d "${TMPDIR:-/tmp}/dissector.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

for tool in tshark python3; do
	if ! command -v $tool >/dev/null 2>&1; then
		skip "dissector: no $tool here (sh etc/deps.sh test installs it)"
		report
		exit
	fi
done

# capture FILE PORT CUT: a conversation over PORT, each side's bytes in pieces of CUT
cat >"$tmp/capture.py" <<'END'
import struct, sys

path, port, cut = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

def frame(kind, value=0, payload=b""):
    return struct.pack("!4sBBHQQ", b"SWBD", 1, kind, 0, value, len(payload)) + payload

talk = [  # (from the client, bytes)
    (True, frame(1, 1, bytes(range(32)) + b"anna")),
    (False, frame(2, 0, b"N" * 32)),
    (True, frame(3, 0, b"P" * 32)),
    (False, frame(4, 5, b"W" * 32)),
    (True, frame(16, 0, b"date\0-u\0") + frame(17)),
    (False, frame(19, 0, b"x" * 300) + frame(20, 0, b"oops") + frame(21, 1)),
    (False, frame(5, 3, b"too much")),
]
if cut == 0:  # not ours
    talk, cut = [(True, b"GET / HTTP/1.0\r\n\r\n")], 1000

def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF

packets, seq, time = [], {True: 1, False: 1}, 0
for client, data in talk:
    for at in range(0, len(data), cut):
        piece = data[at:at + cut]
        ports = (40000, port) if client else (port, 40000)
        tcp = struct.pack("!HHIIBBHHH", *ports, seq[client], seq[not client], 0x50, 0x18,
                          65535, 0, 0) + piece
        ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0,
                         *([b"\x7f\0\0\1"] * 2))
        ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
        seq[client] += len(piece)
        time += 1
        packets.append(struct.pack("!IIII", time, 0, len(ip + tcp), len(ip + tcp)) + ip + tcp)
with open(path, "wb") as out:
    out.write(struct.pack("!IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))  # raw IP
    out.write(b"".join(packets))
END

look() { # look FILE OPTION...: what tshark says of it; its complaints of root are left out
	file=$1
	shift
	tshark -X lua_script:etc/switchboard.lua -n -r "$tmp/$file" "$@" 2>"$tmp/complaints"
	grep -v 'Running as user "root"\|^$' "$tmp/complaints" || :
}

expect() { # expect NAME: $tmp/seen is $tmp/wanted
	if diff "$tmp/wanted" "$tmp/seen" >"$tmp/diff"; then
		ok "$1"
	else
		not_ok "$1"
		sed 's/^/	/' "$tmp/diff"
	fi
}

# One line a frame: type, value, size. The order of frames does not depend on the cuts.
wanted() {
	cat <<'END'
1 1 36
2 0 32
3 0 32
4 5 32
16 0 8
17 0 0
19 0 300
20 0 4
21 1 0
5 3 8
END
}

for case in '7514 1000' '7514 100' '7514 24' '7514 7' '7514 1' '7115 33'; do
	# shellcheck disable=SC2086
	python3 "$tmp/capture.py" "$tmp/cut.pcap" $case
	wanted >"$tmp/wanted"
	look cut.pcap -T fields -e swbd.type -e swbd.value -e swbd.size -E separator=' ' -Y swbd.type |
		awk '{ n = split($1, t, ","); split($2, v, ","); split($3, s, ",")
			for (i = 1; i <= n; i++) print t[i], v[i], s[i] }' >"$tmp/seen"
	expect "port and size of segments $case: every frame"
done

python3 "$tmp/capture.py" "$tmp/whole.pcap" 7514 1000
cat >"$tmp/wanted" <<'END'
SWBD	HELLO
SWBD	CHALLENGE
SWBD	PROOF
SWBD	WELCOME
SWBD	EXEC, STDIN
SWBD	STDOUT, STDERR, EXIT
SWBD	ERROR
END
look whole.pcap -T fields -e _ws.col.Protocol -e _ws.col.Info >"$tmp/seen"
expect 'types in words'

cat >"$tmp/wanted" <<'END'
    Service: commands (1)
    Key name: anna
    Type: CHALLENGE (2)
    Reason: limit (3)
    Words: too much
END
look whole.pcap -V | grep -E 'Service:|Key name:|Type: CHALLENGE|Reason:|Words:' >"$tmp/seen" || :
expect 'what values and payloads mean'

python3 "$tmp/capture.py" "$tmp/other.pcap" 7514 0
echo 0 >"$tmp/wanted"
look other.pcap -Y swbd.type | grep -c . >"$tmp/seen" || :
expect 'another protocol on our port is left alone'

# The types of the dissector are those of frame(5), which are compared with the code.
sed -n 's/^\.It Li \([A-Z]*\) Ta \([0-9]*\) Ta .*/\2 \1/p' man/frame.5 | sort -n >"$tmp/wanted"
sed -n '/^local types/,/^}/p' etc/switchboard.lua | grep -o '\[[0-9]*\] = "[A-Z]*"' |
	sed 's/\[\([0-9]*\)\] = "\(.*\)"/\1 \2/' | sort -n >"$tmp/seen"
expect 'the types are those of frame(5)'

report
