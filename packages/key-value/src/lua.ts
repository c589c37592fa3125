/** Atomic steps in Redis: each runs alone, so that parallel callers cannot pass a limit together. Times are the server's. */
export const scripts = {
  /** KEYS[1]; ARGV limit, window in ms, cost → {allowed, count, ms left}. A refused hit changes nothing. */
  fixedWindow: `
    local count = tonumber(redis.call('GET', KEYS[1]) or '0')
    local left = redis.call('PTTL', KEYS[1])
    if count + tonumber(ARGV[3]) > tonumber(ARGV[1]) then return {0, count, left > 0 and left or tonumber(ARGV[2])} end
    count = redis.call('INCRBY', KEYS[1], ARGV[3])
    if left < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]); left = tonumber(ARGV[2]) end
    return {1, count, left}`,
  /** KEYS[1]; ARGV capacity, refill a second, cost → {allowed, level, ms until enough}, the level as text. */
  tokenBucket: `
    local capacity, refill, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local stored = redis.call('HMGET', KEYS[1], 'level', 'at')
    local level = tonumber(stored[1] or capacity)
    level = math.min(capacity, level + (now - tonumber(stored[2] or now)) / 1000 * refill)
    local allowed, wait = 1, 0
    if level >= cost then level = level - cost else allowed = 0; wait = math.ceil((cost - level) / refill * 1000) end
    redis.call('HSET', KEYS[1], 'level', tostring(level), 'at', now)
    redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / refill * 1000) + 1000)
    return {allowed, tostring(level), wait}`,
  /** KEYS[1]; ARGV time to live in ms → the new count. */
  counterUp: `
    local count = redis.call('INCR', KEYS[1])
    if count == 1 or redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
    return count`,
  /** KEYS[1] → the new count, never below zero. */
  counterDown: `
    local count = tonumber(redis.call('GET', KEYS[1]) or '0')
    if count <= 0 then return 0 end
    return redis.call('DECR', KEYS[1])`,
} as const
