import { clientAuthorities, revocations } from '../broker/clients.ts'
import type { ClusterFile, House, Login } from './broker.ts'

/** The login of the health check. It has no rights. */
export const healthLogin = ({ secret }: House): Login => ({ user: 'balancer', password: secret('balancer') })

/** The beginning of client ids of `npm run doctor`, which logs in as the monitor. */
export const doctorClients = 'hearthwatch-doctor-'

/** HAProxy before the nodes, and the certificates of the house for its port with TLS. */
export function balancerFiles(house: House): ClusterFile[] {
  return [
    { name: 'haproxy.cfg', text: configuration(house), mode: 0o600, what: 'the balancer, with the login of its health check' },
    ...certificateFiles(house),
  ]
}

/** The files that a renewal of certificates changes. */
export function certificateFiles({ certificate, clients }: Pick<House, 'certificate' | 'clients'>): ClusterFile[] {
  const own: ClusterFile[] =
    certificate === null ? [] : [{ name: 'server.pem', text: certificate, mode: 0o600, what: 'certificate and key of the balancer' }]
  if (clients === null) return own
  return [
    ...own,
    { name: clientAuthorities, text: clients.authorities, mode: 0o644, what: 'the authorities of the client certificates' },
    { name: revocations, text: clients.revoked, mode: 0o644, what: 'the revoked client certificates' },
  ]
}

/** The ports, and the rule that ties a client certificate to its user. */
function ports({ certificate, clients }: House): string {
  const folder = '/usr/local/etc/haproxy'
  const tls = (port: number) => `bind :${port} ssl crt ${folder}/server.pem ssl-min-ver TLSv1.2`
  if (certificate === null) return '    bind :1883\n'
  if (clients === null) return `    bind :1883\n    ${tls(8883)}\n`
  const verified = `${tls(clients.port)} ca-file ${folder}/${clientAuthorities} crl-file ${folder}/${revocations} verify required`
  // On a machine of its own, passwords alone are for that machine. Docker Compose publishes only some of the ports.
  return clients.port === 8883
    ? `    bind 127.0.0.1:1883\n    ${verified}\n`
    : `    bind :1883\n    ${tls(8883)}\n    # Published in place of 8883, which is for the services of Compose.\n    ${verified}\n`
}

/** A client certificate is asked for in addition to the password, which RabbitMQ checks. */
const certificateRule = `    # The name in a client certificate is the user name.
    tcp-request content reject if { ssl_c_used } !{ ssl_c_s_dn(CN),strcmp(sess.user) eq 0 }
`

/** haproxy.cfg for HAProxy 2.6 or later. */
const configuration = (house: House): string => `# Made by setup cluster. https://docs.haproxy.org/2.6/configuration.html
global
    log stdout format raw daemon
    # After a reload, the former process keeps its connections for so long. It has no health checks, so then they move.
    hard-stop-after 5m
    user haproxy
    group haproxy

defaults
    mode tcp
    log global
    # Only failures and refused clients.
    option dontlog-normal
    log-format "%ci user '%[var(sess.user)]' client id '%[var(sess.client)]' node %s: %ts after %Tt ms"
    timeout connect 2s
    # Much longer than any keep-alive: the broker closes the connections of silent clients, and the health check those of a
    # dead node.
    timeout client 1h
    timeout server 1h
    timeout check 2s
    option clitcpka
    option srvtcpka
    # If a node refuses the connection, the next one is tried.
    retries 3
    option redispatch 1

# The address of a node may change with its restart. Its name must be in the DNS; a name in /etc/hosts alone is not enough.
resolvers system
    parse-resolv-conf
    hold valid 10s

frontend mqtt
${ports(house)}    tcp-request inspect-delay 10s
    tcp-request content reject unless { req.payload(0,0),mqtt_is_valid }
    tcp-request content set-var(sess.client) req.payload(0,0),mqtt_field_value(connect,client_identifier)
    tcp-request content set-var(sess.user) req.payload(0,0),mqtt_field_value(connect,username)
${house.clients === null ? '' : certificateRule}    # The client id is the user name. Otherwise a sensor with a valid password could call itself "monitor", and the broker
    # would close the monitor's connection each time.
    acl is_user var(sess.client),strcmp(sess.user) eq 0
    # npm run doctor beside a running monitor.
    acl is_doctor var(sess.client) -m beg ${doctorClients}
    tcp-request content reject unless is_user or is_doctor { var(sess.user) -m str monitor }
    default_backend brokers

backend brokers
    # A client comes back to the node that has its retained messages. If that node is down, it goes to another one.
    balance hash var(sess.client)
    hash-type consistent
    option tcp-check
    tcp-check connect
    # CONNECT with a login of its own, CONNACK "accepted", DISCONNECT. A frozen node accepts connections, and answers nothing.
    tcp-check send-binary ${connectPacket(healthLogin(house)).toString('hex')}
    tcp-check expect binary 20020000
    tcp-check send-binary e000
    default-server resolvers system init-addr last,libc,none
    default-server check inter 2s fastinter 500ms fall 2 rise 2 on-marked-down shutdown-sessions
${house.nodes.map((node) => `    server ${node} ${node}:1883`).join('\n')}
`

/** A CONNECT of MQTT 3.1.1 with a clean session, a keep-alive of 10 s and a client id that the broker chooses. */
function connectPacket({ user, password }: Login): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)])
  const body = Buffer.concat([text('MQTT'), Buffer.from([4, 0xc2, 0, 10]), text(''), text(user), text(password)])
  return Buffer.concat([Buffer.from([0x10, body.length]), body])
}
