import type { ClusterResult } from './command.ts'
import { type ClusterBrokerName, clusterBrokers } from './registry.ts'

const left = {
  en: (users: string) =>
    `Not written, because setup knows only the hashes of their passwords: ${users}. Make a login for each: setup device add NAME --kind script`,
  'zh-TW': (users: string) =>
    `以下帳號沒有寫入，因為 setup 只有密碼的雜湊值：${users}。請為每個帳號重新建立：setup device add NAME --kind script`,
}

/** The result for people. */
export function describeClusterResult({ broker, steps, left: users }: ClusterResult, language: string | undefined): string {
  const own = language === 'zh-TW' ? 'zh-TW' : 'en'
  const width = Math.max(...steps.map(({ file }) => file.length))
  const lines = steps.map(({ outcome, file, what }) => `  ${outcome.padEnd(9)}  ${file.padEnd(width)}  ${what}`)
  const paragraphs = [
    lines.join('\n'),
    ...(users.length > 0 ? [left[own](users.join(', '))] : []),
    clusterBrokers[broker as ClusterBrokerName].next[own],
  ]
  return `${paragraphs.join('\n\n')}\n`
}
