-- The requests that wrk sends, in random order. LOAD_FILE has a line for each, with tabs between the method, the path, the token
-- and the body.
local requests, threads = {}, 0

function setup(thread)
    threads = threads + 1
    thread:set("number", threads)
end

function init()
    math.randomseed(number)
    for line in io.lines(os.getenv("LOAD_FILE")) do
        local method, path, token, body = line:match("^(.-)\t(.-)\t(.-)\t(.*)$")
        local headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json" }
        requests[#requests + 1] = wrk.format(method, path, headers, body)
    end
end

function request()
    return requests[math.random(#requests)]
end

function done(summary, latency)
    local errors = summary.errors
    print(string.format(
        "RESULT %d %d %d %d", summary.requests, summary.duration,
        errors.status + errors.connect + errors.read + errors.timeout, latency:percentile(99)
    ))
end
