/** The session of an absent client is kept for a week, as in mosquitto/mosquitto.conf. */
const sessionSeconds = 7 * 86_400

/** rabbitmq.conf for RabbitMQ 3.10, the same on each node. */
export const configuration = (
  nodes: readonly string[],
): string => `# Made by setup cluster rabbitmq. https://www.rabbitmq.com/docs/configure

# --- The cluster ---
cluster_formation.peer_discovery_backend = classic_config
${nodes.map((node, i) => `cluster_formation.classic_config.nodes.${i + 1} = rabbit@${node}`).join('\n')}
# A node that is cut off from the others stops, instead of accepting messages that they never get. For a frozen node see
# rejoin.erl. With autoheal instead, a cut of the network ended two of three nodes in trials.
cluster_partition_handling = pause_minority

# --- Users and rights: definitions.json, read at each start ---
load_definitions = /etc/rabbitmq/definitions.json
# By default RabbitMQ admits its own user guest from this machine only. Ours is for other software.
loopback_users = none

# --- Clients: MQTT only ---
listeners.tcp = none
mqtt.listeners.tcp.default = 1883
mqtt.allow_anonymous = false
mqtt.vhost = /
mqtt.exchange = amq.topic
# Unacknowledged messages to one client at a time. With the default of 10 a backlog drains at 40 messages a second.
mqtt.prefetch = 1000
# ms; the default is a day.
mqtt.subscription_ttl = ${sessionSeconds * 1000}

# --- Log ---
log.console = true
log.console.level = info
# Not a line for each connection.
log.connection.level = warning
`

/** advanced.config: settings that rabbitmq.conf has no name for. */
export const advancedConfiguration = `%% Made by setup cluster rabbitmq.
[
 {rabbitmq_mqtt, [
  %% The queues of persistent sessions are on a majority of the nodes, so that a session survives its node.
  {durable_queue_type, quorum},
  %% Retained messages survive a crash of their node. Each node keeps those that were published through it.
  {retained_message_store, rabbit_mqtt_retained_msg_store_dets}
 ]},
 %% s; a frozen node counts as down after this time. The default is 60.
 {kernel, [{net_ticktime, 15}]}
].
`

export const enabledPlugins = '[rabbitmq_mqtt].\n'

/** rabbitmq-env.conf: a shell script, which the tools of RabbitMQ run as well. */
export const environment = `# Made by setup cluster rabbitmq. https://www.rabbitmq.com/docs/configure#customise-environment
# These flags come before RabbitMQ's own, so that rejoin.erl runs while the node starts.
case "$0" in *rabbitmq-server) export ERL_AFLAGS="-eval 'file:eval(\\"/etc/rabbitmq/rejoin.erl\\").'" ;; esac
`

/**
 * rejoin.erl, for two cases in which RabbitMQ 3.10 joins its cluster late, or not at all.
 *
 * A node was frozen for so long that the others count it as down. `pause_minority` applies only sometimes, because they can
 * be reached again.
 *
 * Most nodes were down. The MQTT plugin asks the others for its leader, and starts its own voter only after 100 s. With no
 * majority of voters there is no leader to answer.
 */
export const rejoin = (nodes: readonly string[]): string => `%% Made by setup cluster rabbitmq.
spawn(fun Watch() ->
  timer:sleep(1000),
  %% The voter that this node has on its disk takes part in the election before the MQTT plugin asks for the result.
  case whereis(mqtt_node) of
    undefined -> catch ra:restart_server(coordination, {mqtt_node, node()});
    _ -> ok
  end,
  case catch rabbit_node_monitor:partitions() of
    Others when is_list(Others), 2 * length(Others) > ${nodes.length} ->
      %% It was frozen, and runs on with users and sessions of its own. Docker or systemd starts it again, and it joins them.
      logger:error("This node ran apart from ~p. It ends, to join them at its next start.", [Others]),
      %% The message is written meanwhile.
      timer:sleep(200),
      erlang:halt(1);
    _ -> Watch()
  end
end).
`
