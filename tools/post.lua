-- Sends a request of its own each time: same ticket, another name. Counts what was not answered by 303.
local bad = 0
local sent = 0
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  bad = 0
  body = os.getenv("BENCH_BODY")
  salt = tostring(os.time()) .. tostring({}):sub(8)
end

function request()
  sent = sent + 1
  local headers = { ["Content-Type"] = "application/x-www-form-urlencoded" }
  return wrk.format("POST", nil, headers, body .. "&name=" .. salt .. sent)
end

function response(status)
  if status ~= 303 then
    bad = bad + 1
  end
end

function done(summary, latency, requests)
  local refused = 0
  for _, thread in ipairs(threads) do
    refused = refused + (thread:get("bad") or 0)
  end
  io.write(string.format("refused %d\n", refused))
end
