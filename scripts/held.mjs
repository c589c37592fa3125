import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { cacheFolder, nodePath, root, sourceOptions } from './runtime.mjs'

const stopWithinMs = 9_000

export function runMesh(args) {
  return runHeld(path.join('packages', 'mesh', 'src', 'main.ts'), args)
}

/**
 * Runs a program of ours and returns its exit status. It stops when its channel to us closes, which happens on the first
 * signal and also when this process is killed. Signals are not forwarded: a terminal's Ctrl-C reaches the program as
 * well, and the two together would stop it twice.
 */
export function runHeld(file, args) {
  // Node reads it without overriding the environment; asked for a missing file it would say so on every start.
  const environmentFile = existsSync(path.join(root, '.env')) ? ['--env-file=.env'] : []
  const child = spawn(nodePath(), [...environmentFile, ...sourceOptions, file, ...args], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_COMPILE_CACHE: path.join(cacheFolder, 'node') },
  })
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    if (child.connected) child.disconnect()
    setTimeout(() => child.kill('SIGKILL'), stopWithinMs).unref()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      // A program that was still loading dies of the terminal's own signal: that is a stop as it was asked for.
      const askedFor = stopping && (signal === 'SIGINT' || signal === 'SIGTERM' || signal === 'SIGHUP')
      resolve(code ?? (askedFor ? 0 : 1))
    })
  })
}
