#!/usr/bin/env python3
"""The long test of ftpd: what is cut off, killed, full, slow or too many, again and again.

usage: soak-ftpd.py BIN PORTION [PART...]

PORTION is how much of it: 1 for all (some minutes), 0.05 for a look. The parts are the
functions below whose names begin with part_; each says in a line what it has seen, or
fails with what it has not.
"""
import contextlib, ftplib, hashlib, io, os, random, shutil, signal, socket, subprocess
import sys, tempfile, threading, time

BIN, PORTION = sys.argv[1], float(sys.argv[2])
LIMIT, PART = 2 << 20, 400000  # bytes: of a quota, and of a file that asks for some of it
FIRST_PORT, PORTS = random.randrange(10000, 30000), 100  # of connections to be cut
PASSWORD = 'secret'
# of that, in the fewest rounds there are: here nobody waits for hashes
HASH = '$5$rounds=1000$switchboard$GEQ/ksuVA5EwwzBWdQsrQ0CZQNigAk9vIqJUpF7k/k.'


def times(n):
    return max(2, round(n * PORTION))


class Server:
    """ftpd with the users anna (a quota) and ben (none), as long as the `with` lasts."""

    def __init__(self, *options):
        self.top = tempfile.mkdtemp(prefix='soak-ftpd-')
        os.chmod(self.top, 0o755)
        self.users = os.path.join(self.top, 'users')
        with open(self.users, 'w', opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            for user, limit in (('anna', LIMIT), ('ben', '')):
                os.mkdir(self.home(user))
                os.chmod(self.home(user), 0o777)
                file.write('%s:%s:%s:%s::all:\n' % (user, HASH, self.home(user), limit))
        self.options, self.port, self.process = options, 0, None

    def home(self, user, name=''):
        return os.path.join(self.top, user, name)

    def start(self):
        self.log = open(os.path.join(self.top, 'log'), 'ab')
        self.process = subprocess.Popen(
            [BIN + '/ftpd', '-q', '-c', '600', '-p', str(self.port), '-f', self.users, *self.options],
            stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline().decode()
        assert 'listening on' in line, 'it does not start: ' + open(self.log.name).read()
        self.port = int(line.rsplit(':', 1)[1])

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *rest):
        self.process.terminate()
        self.process.wait(20)
        if kind:
            sys.stderr.write(open(self.log.name).read()[-4000:])
        shutil.rmtree(self.top)

    def login(self, user='anna'):
        ftp = ftplib.FTP()
        ftp.connect('127.0.0.1', self.port, timeout=60)
        ftp.login(user, PASSWORD)
        ftp.voidcmd('TYPE I')
        return ftp

    def url(self, name, user='ben'):
        return 'ftp://%s:%s@127.0.0.1:%d/%s' % (user, PASSWORD, self.port, name)

    def children(self):
        """The guard of the keeper, and the sessions."""
        return children_of(self.process.pid)

    def guard(self):
        """The child that has one itself."""
        return next(c for c in until(lambda: [c for c in self.children() if children_of(c)]))

    def sessions(self):
        guard = self.guard()
        return [c for c in self.children() if c != guard]

    def await_quiet(self):
        until(lambda: len(self.children()) == 1)


def children_of(pid):
    with contextlib.suppress(OSError):
        with open('/proc/%d/task/%d/children' % (pid, pid)) as file:
            return [int(word) for word in file.read().split()]
    return []


def until(look, seconds=60):
    """What `look` gives, as soon as that is something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.005)
    raise AssertionError('it does not come to pass within %d s' % seconds)


def kill(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def used(home):
    total = 0
    for folder, _, names in os.walk(home):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += os.stat(os.path.join(folder, name)).st_size
    return total


def together(count, work):
    """work(i) for each, at the same time; the first failure is ours."""
    failures = []

    def run(i):
        try:
            work(i)
        except BaseException as failure:  # pylint: disable=broad-except
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def digest(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


# ---- quota: eight sessions race for the last of it, some are killed ----

def part_quota():
    worst = refused = killed = 0
    with Server() as server:
        home = server.home('anna')

        def put(ftp, number, results):
            try:
                ftp.storbinary('STOR %d' % number, io.BytesIO(b'x' * PART), blocksize=4096)
                results.append('done')
            except ftplib.error_perm:
                results.append('full')
            except (EOFError, OSError, ftplib.Error):
                results.append('broken')  # the data connection is cut off when it is full

        for turn in range(times(100)):
            ftps = [server.login() for _ in range(8)]
            results = []
            threads = [threading.Thread(target=put, args=(f, i, results))
                       for i, f in enumerate(ftps)]
            for thread in threads:
                thread.start()
            if turn % 2:
                kill(random.choice(server.sessions()))
                killed += 1
            while any(thread.is_alive() for thread in threads):
                worst = max(worst, used(home))
            for thread in threads:
                thread.join()
            refused += 8 - results.count('done')
            assert worst <= LIMIT, worst
            assert len(results) == 8 and results.count('done') <= LIMIT // PART, results
            for ftp in ftps:
                ftp.close()
            for name in os.listdir(home):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(os.path.join(home, name))
            server.await_quiet()
        answer = server.login().sendcmd('SITE QUOTA')
        assert answer.startswith('200 0 of'), answer
    return 'at most %d of %d bytes, %d puts refused, %d sessions killed' % (
        worst, LIMIT, refused, killed)


# ---- broken: transfers that are cut off at any point, and gone on with ----

def commands(server, there, here, up):
    """By each client: fetch, or send, and go on with what is there already."""
    url = server.url(there)
    lftp = ('set net:max-retries 1; set net:persist-retries 0; set net:timeout 10; '
            'set net:reconnect-interval-base 0.1; set xfer:clobber yes; '
            'open -u ben,%s -p %d 127.0.0.1; ' % (PASSWORD, server.port))
    return {
        'curl': ['curl', '-s', '-C', '-', *(['-T', here] if up else ['-o', here]), url],
        'lftp': ['lftp', '-c', lftp + ('put -c %s -o %s' if up else 'get -c %s -o %s') % (
            (here, there) if up else (there, here))],
        'ftp': [BIN + '/ftp', '-q', *(['reput', here, url] if up else ['reget', url, here])],
    }


def cut_off(server, client):
    """Somewhere on the way: the client, its session, or one of its connections."""
    way = random.randrange(3)
    if way == 0:
        kill(client.pid)
    elif way == 1:
        for session in server.sessions()[-1:]:
            kill(session)
    else:
        subprocess.run(['ss', '-K', '-t', 'state', 'established', 'sport', '>=', ':%d' % FIRST_PORT,
                        'and', 'sport', '<=', ':%d' % (FIRST_PORT + PORTS - 1)],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return way


def transfer(server, name, local, number, up, counts):
    """Begin, cut off once or more, go on until it is whole."""
    here, client = (local if up else local + '.copy'), name[:name.index('-')]
    command = commands(server, name, here, up)[client]
    for attempt in range(60):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if attempt <= number % 3:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(random.random() * 0.25)
            if process.poll() is None:
                counts['cut %d' % cut_off(server, process)] += 1
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(1)  # some would try again by themselves, later
                kill(process.pid)
        process.wait(120)
        if process.returncode == 0:
            break
        time.sleep(0.02 * attempt)  # who was cut off may have the file still
    else:
        raise AssertionError('%s is never whole: %s' % (name, command))
    there = server.home('ben', name)
    assert digest(here if up else there) == digest(there if up else here), \
        '%s: not the same as before (%s)' % (name, command)


def part_broken():
    counts = dict.fromkeys(('cut 0', 'cut 1', 'cut 2'), 0)
    clients = ['ftp'] + [c for c in ('curl', 'lftp') if shutil.which(c)]
    ports = '%d-%d' % (FIRST_PORT, FIRST_PORT + PORTS - 1)
    with Server('-R', '4000000', '-P', ports) as server:
        def one(number, up):
            name = '%s-%d-%s' % (clients[number % len(clients)], number, 'up' if up else 'down')
            local = os.path.join(server.top, name)
            source = local if up else server.home('ben', name)
            with open(source, 'wb') as file:
                file.write(random.randbytes(random.randrange(100000, 1000000)))
            os.chmod(source, 0o644)
            transfer(server, name, local, number, up, counts)
            server.await_quiet()  # who was cut off may give its part the name yet
            for path in (local, local + '.copy', server.home('ben', name)):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)

        each = times(500)
        for up in (True, False):
            for number in range(each):
                one(number, up)
        server.await_quiet()
        time.sleep(1.1)  # when temporaries of the killed count as left behind
        server.login('ben').nlst()
        left = os.listdir(server.home('ben'))
        assert left == [], left
    return '%d up and %d down, by %s; cut off: %d clients, %d sessions, %d connections' % (
        each, each, ', '.join(clients), counts['cut 0'], counts['cut 1'], counts['cut 2'])


# ---- crowd: two hundred sessions at once ----

def part_crowd():
    count, rounds = 200, times(10)
    with Server() as server:
        for turn in range(rounds):
            data = [random.randbytes(65536) for _ in range(count)]
            ftps = [server.login('ben') for _ in range(count)]
            assert len(server.sessions()) == count

            def visit(i):
                got = io.BytesIO()
                ftps[i].storbinary('STOR %d' % i, io.BytesIO(data[i]))
                ftps[i].retrbinary('RETR %d' % ((i + 1) % count if turn else i), got.write)
                ftps[i].quit()
                assert turn or got.getvalue() == data[i]

            together(count, visit)
            for i in range(count):
                with open(server.home('ben', str(i)), 'rb') as file:
                    assert file.read() == data[i]
            server.await_quiet()
    return '%d times %d sessions at once' % (rounds, count)


# ---- kills: any process, at any moment ----

def busy_session(server, stop):
    """Puts, lists and removes, whatever happens, until told to stop."""
    while not stop.is_set():
        try:
            ftp = server.login()
            for i in range(100):
                ftp.storbinary('STOR %d' % random.randrange(4), io.BytesIO(b'y' * 50000))
                ftp.nlst()
                if i % 5 == 4:
                    ftp.delete(random.choice(ftp.nlst()))
        except (EOFError, OSError, ftplib.Error, IndexError):
            pass


def family(server):
    guard = server.guard()
    return [server.process.pid, *server.children(), *children_of(guard)]


def part_kills():
    kinds = dict.fromkeys(('session', 'keeper', 'guard', 'server'), 0)
    with Server() as server:
        for turn in range(times(60)):
            stop = threading.Event()
            threads = [threading.Thread(target=busy_session, args=(server, stop))
                       for _ in range(6)]
            for thread in threads:
                thread.start()
            until(server.sessions)
            time.sleep(random.random() * 0.3)
            kind = list(kinds)[turn % 4]
            guard, before = server.guard(), family(server)
            kinds[kind] += 1
            if kind == 'session':
                for session in server.sessions():
                    kill(session)
            elif kind == 'keeper':
                for keeper in children_of(guard):
                    kill(keeper)
            else:
                kill(guard if kind == 'guard' else server.process.pid)
            if kind in ('guard', 'server'):
                if kind == 'guard':  # it lets clients finish: so they must
                    stop.set()
                assert server.process.wait(60) == (1 if kind == 'guard' else -9)
                until(lambda: not any(os.path.exists('/proc/%d' % pid) for pid in before))
                server.start()  # at once, at the same port
            stop.set()
            for thread in threads:
                thread.join()
            server.await_quiet()
            ftp = server.login()
            ftp.storbinary('STOR last', io.BytesIO(b'z'))
            time.sleep(1.1)
            ftp.nlst()
            ftp.quit()
            server.await_quiet()
            answer = server.login().sendcmd('SITE QUOTA')
            assert answer.startswith('200 %d of' % used(server.home('anna'))), answer
            assert not [n for n in os.listdir(server.home('anna')) if n.startswith('.')]
    return 'killed: ' + ', '.join('%d %s' % (kinds[k], k) for k in kinds)


# ---- disk: full, by four at once ----

def part_disk():
    if os.geteuid() != 0:
        return 'skipped: only root may mount a small disk'
    refused = 0
    with Server() as server:
        disk = server.home('ben', 'disk')
        os.mkdir(disk)
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=2m,mode=777', 'none', disk], check=True)
        try:
            for _ in range(times(50)):
                replies = []

                def put(i, replies=replies):
                    ftp = server.login('ben')
                    ftp.cwd('disk')
                    try:
                        replies.append(ftp.storbinary('STOR %d' % i, io.BytesIO(b'd' * 900000)))
                    except (OSError, EOFError):  # cut off while sending: the reply waits
                        try:
                            replies.append(ftp.getresp())
                        except ftplib.Error as reply:
                            replies.append(str(reply))
                    except ftplib.Error as reply:
                        replies.append(str(reply))

                together(4, put)
                server.await_quiet()
                done = [r for r in replies if r.startswith('226')]
                full = [r for r in replies if r.startswith('452')]
                assert len(done) + len(full) == 4 and full, replies
                refused += len(full)
                sizes = [os.stat(os.path.join(disk, n)).st_size for n in os.listdir(disk)]
                assert sizes == [900000] * len(done), (sizes, replies)
                for name in os.listdir(disk):
                    os.unlink(os.path.join(disk, name))
        finally:
            server.await_quiet()
            subprocess.run(['umount', disk], check=True)
    return '%d puts refused by a full disk, none left a part' % refused


# ---- slow: who stalls is sent away, and keeps nobody waiting ----

def part_slow():
    count, rounds = 50, times(10)
    with Server('-t', '1') as server:
        with open(server.home('ben', 'big'), 'wb') as file:
            file.truncate(32 << 20)
        for _ in range(rounds):
            def stall(i):
                ftp = server.login('ben')
                command = ('RETR big', 'STOR s%d' % i)[i % 2]
                data = ftp.transfercmd(command)
                if i % 2:
                    data.sendall(b'half')
                try:
                    reply = ftp.getresp()
                except ftplib.Error as error:
                    reply = str(error)
                assert reply.startswith('426'), reply
                data.close()

            def hasty():
                ftp = server.login('ben')
                for i in range(50):
                    ftp.storbinary('STOR quick', io.BytesIO(b'q' * 1000))
                ftp.quit()

            together(count + 1, lambda i: hasty() if i == count else stall(i))
            server.await_quiet()
            for i in range(1, count, 2):
                with open(server.home('ben', 's%d' % i), 'rb') as file:
                    assert file.read() == b'half'
                os.unlink(server.home('ben', 's%d' % i))
    return '%d stalled transfers cut off, and one beside them served' % (count * rounds)


def main():
    wanted = sys.argv[3:] or [n[5:] for n in globals() if n.startswith('part_')]
    failed = False
    for name in wanted:
        begin = time.monotonic()
        try:
            seen, word = globals()['part_' + name](), 'ok'
        except (AssertionError, OSError, subprocess.SubprocessError, ftplib.Error, EOFError) as error:
            seen, word, failed = repr(error), 'not ok', True
        print('%s %s: %s (%d s)' % (word, name, seen, time.monotonic() - begin), flush=True)
    sys.exit(failed)


socket.setdefaulttimeout(60)
main()
