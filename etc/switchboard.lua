-- switchboard.lua: a Wireshark dissector for the frames of rcmd and filecp, frame(5).
--
--	tshark -X lua_script:etc/switchboard.lua -r capture.pcap
--	wireshark -X lua_script:etc/switchboard.lua
--
-- Or copy it to the folder that Help, About, Folders calls Personal Lua Plugins. For other
-- ports: Analyze, Decode As..., SWBD.
--
--	 0        4        5        6        8                16               24
--	+--------+--------+--------+--------+----------------+----------------+----
--	| SWBD   |version | type   | flags  | value          | size           | payload
--	+--------+--------+--------+--------+----------------+----------------+----
--
-- It gives Wireshark frames however TCP has cut them. It does not check sums or proofs.

local PORTS = { 7514, 7115 } -- rcmdd, filed
local HEADER = 24
local SIZE_MAX = 2 ^ 20 -- no type allows more; beyond it the stream is not ours

local types = {
	[1] = "HELLO", [2] = "CHALLENGE", [3] = "PROOF", [4] = "WELCOME", [5] = "ERROR",
	[16] = "EXEC", [17] = "STDIN", [18] = "SIGNAL", [19] = "STDOUT", [20] = "STDERR",
	[21] = "EXIT", [22] = "WINDOW",
	[32] = "GET", [33] = "PUT", [34] = "LIST", [35] = "ENTRY", [36] = "HAVE", [37] = "FROM",
	[38] = "DATA", [39] = "DIGEST", [40] = "DONE", [41] = "READY", [42] = "TROUBLE",
	[43] = "HOLE",
}

local errors = {
	[1] = "protocol", [2] = "denied", [3] = "limit", [4] = "name", [5] = "failed",
	[6] = "corrupt",
}

local services = { [1] = "commands", [2] = "files" }

local swbd = Proto("swbd", "Switchboard frames")
local field = {
	version = ProtoField.uint8("swbd.version", "Version"),
	kind = ProtoField.uint8("swbd.type", "Type", base.DEC, types),
	flags = ProtoField.uint16("swbd.flags", "Flags", base.HEX),
	value = ProtoField.uint64("swbd.value", "Value"),
	size = ProtoField.uint64("swbd.size", "Size"),
	payload = ProtoField.bytes("swbd.payload", "Payload"),
	service = ProtoField.uint64("swbd.service", "Service", base.DEC, services),
	nonce = ProtoField.bytes("swbd.nonce", "Nonce"),
	name = ProtoField.string("swbd.name", "Key name"),
	proof = ProtoField.bytes("swbd.proof", "Proof"),
	reason = ProtoField.uint64("swbd.error", "Reason", base.DEC, errors),
	words = ProtoField.string("swbd.words", "Words"),
}
swbd.fields = field

local wrong = ProtoExpert.new(
    "swbd.wrong", "No frame of version 1", expert.group.MALFORMED, expert.severity.ERROR)
swbd.experts = { wrong }

-- What the value and the payload of a type mean, where it is more than a number and bytes.
local meanings = {
	HELLO = function(tree, value, payload)
		tree:add(field.service, value)
		if payload and payload:len() > 32 then
			tree:add(field.nonce, payload(0, 32))
			tree:add(field.name, payload(32))
		end
	end,
	CHALLENGE = function(tree, _, payload)
		if payload then
			tree:add(field.nonce, payload)
		end
	end,
	PROOF = function(tree, _, payload)
		if payload then
			tree:add(field.proof, payload)
		end
	end,
	ERROR = function(tree, value, payload)
		tree:add(field.reason, value)
		if payload then
			tree:add(field.words, payload)
		end
	end,
}
meanings.WELCOME = meanings.PROOF

-- How long the frame at `offset` is; 0: the header is not there yet; nil: not ours.
local function frame_length(buffer, offset)
	local left = buffer:len() - offset
	local begins = buffer(offset, math.min(left, 4)):string()

	if ("SWBD"):sub(1, #begins) ~= begins then
		return nil
	elseif left < HEADER then
		return 0
	end
	local size = buffer(offset + 16, 8):uint64():tonumber()
	if buffer(offset + 4, 1):uint() ~= 1 or size > SIZE_MAX then
		return nil
	end
	return HEADER + size
end

local function show_frame(buffer, tree)
	local kind = buffer(5, 1):uint()
	local name = types[kind] or ("type " .. kind)
	local size = buffer:len() - HEADER
	local payload = size > 0 and buffer(HEADER, size) or nil
	local branch = tree:add(swbd, buffer(), "Switchboard " .. name .. ", " .. size .. " bytes")

	branch:add(field.version, buffer(4, 1))
	branch:add(field.kind, buffer(5, 1))
	branch:add(field.flags, buffer(6, 2))
	branch:add(field.value, buffer(8, 8))
	branch:add(field.size, buffer(16, 8))
	if payload then
		branch:add(field.payload, payload)
	end
	if meanings[name] then
		meanings[name](branch, buffer(8, 8), payload)
	end
	return name
end

-- A segment, with what was left of those before: all whole frames in it. What is left of
-- the last one is asked for again, together with the next segment.
function swbd.dissector(buffer, pinfo, tree)
	local offset = 0
	local names = {}

	pinfo.cols.protocol = "SWBD"
	while offset < buffer:len() do
		local length = frame_length(buffer, offset)

		if length == nil then
			if offset == 0 then
				return 0
			end
			tree:add_proto_expert_info(wrong)
			break
		elseif length == 0 or length > buffer:len() - offset then
			pinfo.desegment_offset = offset
			pinfo.desegment_len = length == 0 and DESEGMENT_ONE_MORE_SEGMENT or
			    offset + length - buffer:len()
			break
		end
		names[#names + 1] = show_frame(buffer(offset, length):tvb(), tree)
		offset = offset + length
	end
	if #names > 0 then
		pinfo.cols.info = table.concat(names, ", ")
	end
	return buffer:len()
end

for _, port in ipairs(PORTS) do
	DissectorTable.get("tcp.port"):add(port, swbd)
end
