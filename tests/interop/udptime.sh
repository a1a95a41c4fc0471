# udptimed with the clients that everybody has, udptime with the server of a lesson.
# Read by tests/interop.sh, whose words it uses.
#
# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034 # variables of interop.sh

default='^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$'

start "$bin/udptimed" -p 0 -z UTC
name='nc asks udptimed for the default'
# shellcheck disable=SC2016 # for the inner shell
has nc && check "$default" sh -c 'echo | nc -u -w 1 127.0.0.1 "$1"' sh "$port"
name='nc asks udptimed with a format'
# shellcheck disable=SC2016
has nc && check '^it is UTC, 100%$' \
	sh -c 'echo "it is %Z, 100%%" | nc -u -w 1 127.0.0.1 "$1"' sh "$port"
name='nc is refused by udptimed'
# shellcheck disable=SC2016
has nc && check '^error: %1: no flags or widths$' \
	sh -c 'echo "%1400Y" | nc -u -w 1 127.0.0.1 "$1"' sh "$port"
name='socat asks udptimed with a format'
# shellcheck disable=SC2016
has socat && check '^UTC$' sh -c 'echo %Z | socat -t 1 - "UDP4:127.0.0.1:$1"' sh "$port"

name='Python asks udptimed as in the notes'
has python3 && check "$default" python3 tests/interop/udptime.py ask "$port"
name='Python measures udptimed with struct'
has python3 && check '^offset within the delay$' python3 tests/interop/udptime.py measure "$port"

if name='udptime asks a server in Python' && has python3; then
	start python3 tests/interop/udptime.py serve
	check "$default" "$bin/udptime" -p "$port" 127.0.0.1
	name='udptime asks a server in Python with a format'
	check '^100% [0-9]{4}$' "$bin/udptime" -p "$port" 127.0.0.1 '100%% %Y'
	name='udptime measures a server in Python that is 1000 s ahead'
	check '^offset \+(1000\.0|999\.9)[0-9]* s, ' "$bin/udptime" --offset -p "$port" 127.0.0.1 %Y
fi
