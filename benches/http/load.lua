-- The requests that wrk sends. LOAD_WORK is the kind of request, LOAD_TOKENS a file with an access token for each shop,
-- LOAD_SEED the seed of the random numbers, LOAD_CHOICE how shops are chosen, LOAD_ZIPF the exponent of Zipf's law.
local work = os.getenv("LOAD_WORK")
local base = "00000000-0000-7000-8000-"
local products = 30
local first_shop = 100000000001
local first_product = 200000000001
local threads = 0
local heads = {}
-- For Zipf's law: the sums of the weights of all shops up to each.
local sums = {}
local counted = { 200, 201, 429, 500, 503, 504 }

function setup(thread)
    threads = threads + 1
    thread:set("number", threads)
    all = all or {}
    all[threads] = thread
end

function init()
    math.randomseed(tonumber(os.getenv("LOAD_SEED")) * 100 + number)
    for token in io.lines(os.getenv("LOAD_TOKENS")) do
        heads[#heads + 1] = "Host: bench\r\nAuthorization: Bearer " .. token .. "\r\n"
    end
    local sum = 0
    for place = 1, #heads do
        sum = sum + place ^ -tonumber(os.getenv("LOAD_ZIPF"))
        sums[place] = sum
    end
    statuses, without_retry_after = {}, 0
end

-- The place of the shop of the next request, from 1 on.
local function choose()
    if os.getenv("LOAD_CHOICE") ~= "zipf" then
        return math.random(#heads)
    end
    local drawn = math.random() * sums[#sums]
    local low, high = 1, #sums
    while low < high do
        local middle = math.floor((low + high) / 2)
        if sums[middle] < drawn then
            low = middle + 1
        else
            high = middle
        end
    end
    return low
end

local function order()
    local half = products / 2
    local one, two = 10 * math.random(1, half), 10 * math.random(half + 1, products)
    return string.format(
        '{"lines":[{"variant_id":"%s%d","quantity":1},{"variant_id":"%s%d","quantity":2}]}',
        base, 300000000001 + one, base, 300000000001 + two
    )
end

function request()
    local shop = choose()
    local head = heads[shop]
    if work == "product" then
        local id = base .. string.format("%d", first_product - 1 + math.random(products))
        return "GET /api/v1/products/" .. id .. " HTTP/1.1\r\n" .. head .. "\r\n"
    elseif work == "list" then
        return "GET /api/v1/products?limit=20 HTTP/1.1\r\n" .. head .. "\r\n"
    elseif work == "storefront" then
        local slug, handle = first_shop - 1 + shop, first_product - 1 + math.random(products)
        return string.format(
            "GET /api/v1/storefront/shop-%d/products/product-%d HTTP/1.1\r\nHost: bench\r\n\r\n", slug, handle
        )
    end
    local body = order()
    return "POST /api/v1/orders HTTP/1.1\r\n" .. head .. "Content-Type: application/json\r\nContent-Length: "
        .. #body .. "\r\n\r\n" .. body
end

-- Defined only if responses are counted: with this function wrk parses the head of every response into a table.
if os.getenv("LOAD_COUNTS") then
    function response(status, headers)
        statuses[status] = (statuses[status] or 0) + 1
        if status == 503 and not headers["Retry-After"] and not headers["retry-after"] then
            without_retry_after = without_retry_after + 1
        end
    end
end

function done(summary, latency)
    local line = string.format(
        "RESULT requests=%d duration=%d status=%d connect=%d read=%d write=%d timeout=%d p50=%d p90=%d p99=%d max=%d",
        summary.requests, summary.duration, summary.errors.status, summary.errors.connect, summary.errors.read,
        summary.errors.write, summary.errors.timeout, latency:percentile(50), latency:percentile(90),
        latency:percentile(99), latency.max
    )
    if os.getenv("LOAD_COUNTS") then
        local without = 0
        for _, thread in ipairs(all) do
            for status, count in pairs(thread:get("statuses")) do
                line = line .. string.format(" status_%d=%d", status, count)
            end
            without = without + thread:get("without_retry_after")
        end
        line = line .. " without_retry_after=" .. without
    end
    print(line)
end
