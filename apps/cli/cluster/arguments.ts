import { readHost, UsageError } from '../setup-request.ts'
import { type ClusterBrokerName, clusterBrokerNames } from './registry.ts'

export interface ClusterLine {
  broker: ClusterBrokerName
  /** Folder of the files; undefined: `cluster/made/BROKER` in the clone. */
  out: string | undefined
  /** Host names of the nodes; undefined: broker-1 to broker-3. */
  nodes: readonly [string, ...string[]] | undefined
  json: boolean
}

export interface ClusterValues {
  out?: string | undefined
  host?: string[] | undefined
  json?: boolean | undefined
}

/** Reads what follows `setup cluster`. @throws UsageError */
export function readClusterArguments(
  [name = '', ...rest]: readonly string[],
  { out, host = [], json = false }: ClusterValues,
): ClusterLine {
  const broker = clusterBrokerNames.find((one) => one === name)
  if (broker === undefined || rest.length > 0)
    throw new UsageError(`cluster needs the name of one broker: ${clusterBrokerNames.join(', ')}.`)
  const [first, ...others] = host.map(readHost)
  return { broker, out, nodes: first === undefined ? undefined : [first, ...others], json }
}
