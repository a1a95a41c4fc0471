#!/bin/sh
# The long test of ftpd: sessions that race for the last of a quota, and are killed in the
# midst of it. Never a byte too many on the disk; and afterwards all room is there again.
# usage: soak-ftpd.sh [ROUNDS]  (100 if not given)
set -eu

cd "$(dirname "$0")/.."
bin=$(cd "${BIN:-bin}" && pwd)
dir=$(mktemp -d)
server=
. tests/report.sh
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT

chmod 755 "$dir"
mkdir -m 777 "$dir/home"
echo secret | "$bin/ftpadm" -f "$dir/users" add anna -d "$dir/home" -q 2M
mkfifo "$dir/ready"
"$bin/ftpd" -q -p 0 -f "$dir/users" >"$dir/ready" 2>"$dir/log" &
server=$!
read -r line <"$dir/ready"

if python3 - "${line##*:}" "$server" "$dir/home" "${1:-100}" <<'END'; then
import ftplib, io, os, random, signal, subprocess, sys, threading

port, server, home, rounds = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
LIMIT, SESSIONS, PART = 2 << 20, 8, 400000
worst = refused = killed = 0

def login():
    ftp = ftplib.FTP()
    ftp.connect('127.0.0.1', port, timeout=30)
    ftp.login('anna', 'secret')
    return ftp

def used():
    total = 0
    for name in os.listdir(home):
        try:
            total += os.stat(os.path.join(home, name)).st_size
        except FileNotFoundError:
            pass
    return total

def put(ftp, number, results):
    try:
        ftp.storbinary('STOR %d' % number, io.BytesIO(b'x' * PART), blocksize=4096)
        results.append('done')
    except ftplib.error_perm:
        results.append('full')
    except (EOFError, OSError, ftplib.Error):
        results.append('broken') # the data connection is cut off when it is full

def children():
    return subprocess.run(['pgrep', '-P', server], capture_output=True, text=True).stdout.split()

keeper = children()[0]
for turn in range(rounds):
    ftps = [login() for _ in range(SESSIONS)]
    results = []
    threads = [threading.Thread(target=put, args=(f, i, results)) for i, f in enumerate(ftps)]
    for thread in threads:
        thread.start()
    if turn % 2:
        os.kill(int(random.choice([c for c in children() if c != keeper])), signal.SIGKILL)
        killed += 1
    while any(thread.is_alive() for thread in threads):
        worst = max(worst, used())
    for thread in threads:
        thread.join()
    refused += SESSIONS - results.count('done')
    assert worst <= LIMIT, worst
    assert len(results) == SESSIONS and results.count('done') <= LIMIT // PART, results
    for ftp in ftps:
        ftp.close()
    for name in os.listdir(home):
        os.unlink(os.path.join(home, name))
    while len(children()) > 1:
        pass
ftp = login()
answer = ftp.sendcmd('SITE QUOTA')
assert answer.startswith('200 0 of'), answer
print('%d rounds of %d: at most %d of %d bytes, %d puts refused, %d sessions killed'
      % (rounds, SESSIONS, worst, LIMIT, refused, killed))
END
	ok 'never over the quota, and nothing of it lost'
else
	not_ok 'never over the quota, and nothing of it lost'
	cat "$dir/log"
fi
report
