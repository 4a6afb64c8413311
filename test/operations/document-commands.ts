/** Programs with which a command in a document begins. */
const programs =
  /^(?:sudo |[A-Z_]+=\S+ )*(?:npm|docker|git|apt|tar|curl|systemctl|journalctl|mosquitto_pub|hearthwatch-sensor|ssh-keygen|age-keygen|du|sensor)(?: |$)/

/** The commands of a document in Markdown: each line of its blocks of `sh`, and each command in backquotes. */
export function commandsIn(text: string): string[] {
  const blocks = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'))
  const prose = text.replaceAll(/```[\s\S]*?```/g, '').split('\n')
  const inline = prose.flatMap((line) => {
    const codes = [...line.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
    const command = codes.find((code) => programs.test(code)) ?? ''
    // In a row of a table, `-- --room kitchen` and `--json` continue the command of the row.
    const options = line.startsWith('| `npm') ? codes.filter((code) => code.startsWith('-')).map((code) => withOption(command, code)) : []
    return [...codes.filter((code) => programs.test(code)), ...options]
  })
  const all = [...blocks, ...inline].map((line) => line.replace(/\s+#.*$/, '').trim())
  return [...new Set(all.flatMap((line) => line.split(' && ')).filter((line) => line !== '' && !line.startsWith('PROBES=')))]
}

function withOption(command: string, code: string): string {
  if (code.startsWith('-- ')) return `${command.replace(/ -- .*/, '')} ${code}`
  return command.includes(' -- ') ? `${command} ${code}` : `${command} -- ${code}`
}
