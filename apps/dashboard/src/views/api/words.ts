import { words } from '../../words/language.ts'

export const say = words({
  en: {
    title: 'HTTP API',
    text: 'Programs can do everything that this page does. Bodies are JSON, times are milliseconds since the epoch (UTC), errors are {"error":"…"}. This description is made from the schemas that validate the requests.',
    document: 'As an OpenAPI 3.1 document',
    loginTitle: 'Login',
    login: {
      none: 'This monitor has neither DASHBOARD_PASSWORD nor API_TOKEN: it answers on this machine only, without a login.',
      token: 'Programs send the API_TOKEN of the monitor: Authorization: Bearer …',
      password:
        'Programs send the API_TOKEN of the monitor, if one is set: Authorization: Bearer … People log in with the password; the browser then has a cookie for 30 days.',
    },
    throttled: 'After ten wrong tries within a minute the answer is 429; Retry-After has the seconds to wait.',
    streamsTitle: 'Live',
    streams:
      'api/events and api/wire are endless streams of server-sent events. Browsers read them with EventSource, curl with -N. After a reconnect, load missed data with the other calls.',
    open: 'without login',
    parameters: 'Parameters',
    body: 'Body',
    answers: 'Answers',
    nothing: 'nothing',
    wrong: 'the error, in words',
    example: 'On a command line',
    required: 'required',
    standard: (value: string) => `default ${value}`,
    summariesIn: '',
  },
  'zh-TW': {
    title: 'HTTP API',
    text: '這個頁面的所有功能，程式也都能使用。內容是 JSON，時間是 UTC 的 epoch 毫秒，錯誤是 {"error":"…"}。這裡的說明與監控程式用來檢查輸入的是同一份綱要。',
    document: '同樣的內容：OpenAPI 3.1 文件',
    loginTitle: '登入',
    login: {
      none: '這個監控程式沒有設定 DASHBOARD_PASSWORD 和 API_TOKEN：只回應本機，而且不需登入。',
      token: '程式須出示監控程式的 API_TOKEN：Authorization: Bearer …',
      password: '程式須出示監控程式的 API_TOKEN（如有設定）：Authorization: Bearer … 一般人用密碼登入，瀏覽器會保持登入 30 天。',
    },
    throttled: '一分鐘內錯十次後會回應 429；Retry-After 說明要等幾秒。',
    streamsTitle: '即時',
    streams:
      'api/events 和 api/wire 不會結束：它們是伺服器推送事件（server-sent events）。瀏覽器用 EventSource，curl 用 -N。重新連線後，用其他呼叫補上錯過的內容。',
    open: '不需登入',
    parameters: '參數',
    body: '內容',
    answers: '回應',
    nothing: '無內容',
    wrong: '以文字說明錯誤',
    example: '命令列範例',
    required: '必填',
    standard: (value: string) => `預設 ${value}`,
    summariesIn: '各項呼叫的說明目前只有英文。',
  },
})
