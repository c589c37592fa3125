import * as events from '@concord/contracts/events'

/** Every handler that takes messages, and so has a queue. A broker does not tell which queues there are; a test holds this list to the services'. */
export const handlers = [
  `ai-inference.${events.turnRequested.type}`,
  `ai-inference.${events.turnCancelled.type}`,
  `ai-inference.${events.userErased.type}`,
  `consensus-orchestrator.${events.querySubmitted.type}`,
  `consensus-orchestrator.${events.turnStarted.type}`,
  `consensus-orchestrator.${events.turnCompleted.type}`,
  `consensus-orchestrator.${events.turnFailed.type}`,
  `consensus-orchestrator.${events.userErased.type}`,
  `gateway.${events.sessionRevoked.type}`,
]
