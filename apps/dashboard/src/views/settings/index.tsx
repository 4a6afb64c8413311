import type { ComponentChildren } from 'preact'
import { awakePreference, canStayAwake } from '../../frame/awake.ts'
import { installOffer } from '../../frame/install.ts'
import { goKeys } from '../../frame/shortcuts.ts'
import { isReader, logOut, session } from '../../monitor/session.ts'
import { Choices } from '../../parts/choices.tsx'
import { href } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { languagePreference } from '../../words/language.ts'
import { degreesPreference } from '../../words/numbers.ts'
import { themePreference } from '../../words/theme.ts'
import { Checkup } from './checkup.tsx'
import { Phone } from './phone.tsx'
import './settings.css'
import { Stored } from './stored.tsx'
import { Version } from './version.tsx'
import { say } from './words.ts'

export default function Settings() {
  const { auto, light, dark } = say()
  return (
    <>
      <h1>{frame().views.settings}</h1>
      <p class="quiet lead settings-text">{say().text}</p>
      <div class="cards settings">
        <Part title={say().language}>
          <Choices
            label={say().language}
            chosen={languagePreference}
            choices={[
              ['auto', auto],
              ['en', 'English'],
              ['zh-TW', '中文'],
            ]}
          />
        </Part>
        <Part title={say().theme}>
          <Choices
            label={say().theme}
            chosen={themePreference}
            choices={[
              ['auto', auto],
              ['light', light],
              ['dark', dark],
            ]}
          />
        </Part>
        <Part title={say().degrees}>
          <Choices
            label={say().degrees}
            chosen={degreesPreference}
            choices={[
              ['auto', auto],
              ['C', '°C'],
              ['F', '°F'],
            ]}
          />
        </Part>
        <Part title={frame().views.wall} text={say().wallText}>
          <a class="button" href={href('wall')}>
            {say().wallOpen}
          </a>
        </Part>
        {canStayAwake && (
          <Part title={say().awake} text={say().awakeText}>
            <Choices
              label={say().awake}
              chosen={awakePreference}
              choices={[
                ['no', say().awakeNo],
                ['yes', say().awakeYes],
              ]}
            />
          </Part>
        )}
        {session.value?.login === 'password' && (
          <Part title={say().session} text={say().sessionText}>
            <button type="button" class="button" onClick={() => void logOut()}>
              {frame().logout}
            </button>
          </Part>
        )}
        <Part title={say().phone}>
          <Phone />
        </Part>
        <Install />
        <Keys />
        {!isReader.value && (
          <Part title={say().checkup} text={say().checkupText}>
            <Checkup />
          </Part>
        )}
        <Part title={say().stored}>
          <Stored />
        </Part>
        <Part title={say().about}>
          <Version />
          <a href={href('api')}>{say().api}</a>
        </Part>
      </div>
    </>
  )
}

function Part({ title, text, children }: { title: string; text?: string; children: ComponentChildren }) {
  return (
    <section class="card column">
      <h2>{title}</h2>
      {text !== undefined && <p class="quiet">{text}</p>}
      {children}
    </section>
  )
}

function Install() {
  const offer = installOffer.value
  if (matchMedia('(display-mode: standalone)').matches) return null
  return (
    <Part title={say().install} text={isSecureContext ? say().installText : say().notSecure}>
      {offer && (
        <button type="button" class="button" onClick={() => void offer.prompt()}>
          {say().installNow}
        </button>
      )}
    </Part>
  )
}

function Keys() {
  return (
    <Part title={say().keys} text={say().keysText}>
      <ul class="keys">
        {Object.entries(goKeys).map(([key, view]) => (
          <li key={key}>
            <kbd>g</kbd> <kbd>{key}</kbd> {frame().views[view]}
          </li>
        ))}
      </ul>
    </Part>
  )
}
