-- AddCredit for wrk. Arguments: main accounts, SIP accounts (commas between), API key, key prefix, amount.
-- Heads and tail are made once: a request costs wrk one concatenation.

local heads, tail, prefix, count = {}, nil, nil, 0

function init(args)
  local body = '{"amount":"' .. args[5] .. '"}'
  for main in args[1]:gmatch("[^,]+") do
    for sip in args[2]:gmatch("[^,]+") do
      heads[#heads + 1] = "POST /v1/main-accounts/" .. main .. "/sip-accounts/" .. sip .. "/add-credit HTTP/1.1\r\n"
        .. "Host: 127.0.0.1\r\nAuthorization: Bearer " .. args[3] .. "\r\nContent-Type: application/json\r\n"
        .. "Content-Length: " .. #body .. "\r\nIdempotency-Key: "
    end
  end
  prefix = args[4]
  tail = "\r\n\r\n" .. body
end

function request()
  count = count + 1
  return heads[count % #heads + 1] .. prefix .. count .. tail
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format(
    '{"perSecond":%.1f,"p50":%.3f,"p99":%.3f,"created":%d,"failed":%d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.requests - errors.status, failed))
end
