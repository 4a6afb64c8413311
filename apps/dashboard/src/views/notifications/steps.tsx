import type { ChannelKind } from '@hearthwatch/api/channels'
import { language } from '../../words/language.ts'
import { say } from './words.ts'

/** The way to the tokens of a service, with pictures of its console where there are some. */
export function Steps({ kind: { steps }, isOpen }: { kind: ChannelKind; isOpen: boolean }) {
  if (steps.length === 0) return null
  return (
    <details class="steps" open={isOpen}>
      <summary>{say().steps}</summary>
      <ol>
        {steps.map(({ text, picture }) => (
          <li key={text.en}>
            <p>{withLinks(text[language.value])}</p>
            {picture[language.value] !== undefined && <img src={picture[language.value]} alt="" loading="lazy" width={640} height={300} />}
          </li>
        ))}
      </ol>
    </details>
  )
}

/** A text whose addresses are links; `<…>` stands for something that people fill in. */
function withLinks(text: string) {
  return text.split(/(https:\/\/[\w./-]+[\w/](?![\w<]))/).map((part, i) =>
    i % 2 === 0 ? (
      part
    ) : (
      <a key={part} href={part} target="_blank" rel="noreferrer">
        {part.slice('https://'.length)}
      </a>
    ),
  )
}
