-- Requests for wrk, in turn at all accounts. Arguments: what to ask for, name, main accounts, SIP accounts,
-- first one, API key, key prefix, amount. Heads and tail are made once: a request costs wrk one concatenation.

local heads, tail, prefix, count, first = {}, nil, nil, 0, 0

function init(args)
  local kind, name, key, amount = args[1], args[2], args[6], args[8]
  local body = '{"amount":"' .. amount .. '"}'
  local common = " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " .. key .. "\r\n"
  for main = 0, args[3] - 1 do
    local path = "/v1/main-accounts/" .. name .. "-" .. main
    if kind == "overview" then
      heads[#heads + 1] = "GET " .. path .. common .. "\r\n"
    else
      for sip = 0, args[4] - 1 do
        local account = path .. "/sip-accounts/sip-" .. sip
        if kind == "balance" then
          heads[#heads + 1] = "GET " .. account .. common .. "\r\n"
        else
          heads[#heads + 1] = "POST " .. account .. "/add-credit" .. common .. "Content-Type: application/json\r\n"
            .. "Content-Length: " .. #body .. "\r\nIdempotency-Key: "
        end
      end
    end
  end
  first, prefix = args[5], args[7]
  if kind == "add-credit" then tail = "\r\n\r\n" .. body end
end

function request()
  count = count + 1
  local head = heads[(first + count) % #heads + 1]
  if not tail then return head end
  return head .. prefix .. count .. tail
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format(
    '{"perSecond":%.1f,"p50":%.3f,"p99":%.3f,"answered":%d,"failed":%d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.requests - errors.status, failed))
end
