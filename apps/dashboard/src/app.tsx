import { Announcer } from './frame/announcer.tsx'
import { Banner } from './frame/banner.tsx'
import './frame/frame.css'
import { Login, LoginAgain } from './frame/login.tsx'
import { Navigation } from './frame/navigation.tsx'
import { Silencing } from './frame/silencing.tsx'
import { View } from './frame/view.tsx'
import { hasEntered, isLoggedOut } from './monitor/session.ts'
import { route } from './route.ts'
import { frame } from './words/frame.ts'
import './frame/title.ts'
import './frame/install.ts'
import './frame/awake.ts'
import './frame/shortcuts.ts'
import './frame/upgrade.ts'

/** The frame around every view. */
export function App() {
  if (isLoggedOut.value && !hasEntered.value) return <Login />
  const isWall = route.value.view === 'wall'
  return (
    <div class={isWall ? 'frame is-wall' : 'frame'}>
      {isLoggedOut.value && <LoginAgain />}
      {/* A button, not a link: the hash of the address names the view. */}
      <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
        {frame().skip}
      </button>
      {!isWall && <Navigation />}
      <div class="stage">
        <Banner />
        <main id="content" tabIndex={-1}>
          <View />
        </main>
      </div>
      <Silencing />
      <Announcer />
    </div>
  )
}
