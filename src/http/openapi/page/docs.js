// Shows the description with Swagger UI, and signs in for the calls that are tried from it. Tokens are
// kept in the memory of the page and nowhere else.
'use strict';

const DESCRIPTION = '/openapi.json';
const SCHEME = 'bearerAuth';

// Swagger UI is dark when the page says so.
const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const followScheme = () => document.documentElement.classList.toggle('dark-mode', prefersDark.matches);
prefersDark.addEventListener('change', followScheme);
followScheme();

const form = document.getElementById('sign-in');
const state = document.getElementById('state');
const signOut = document.getElementById('sign-out');
let renewal;
let session;

// An operation is a button, which must hold no link; the address still follows what is opened. And what a link leads to
// is not under the bar.
const mended = () => ({
  components: { DeepLink: ({ text }) => text },
  statePlugins: { layout: { wrapActions: { scrollToElement: () => (element) => element.scrollIntoView() } } },
});

// What Swagger UI does not say of its elements to those who do not see the page or have no mouse.
const UNSAID = [
  ['.information-container', { role: 'region', 'aria-label': 'About this API' }],
  ['.schemes-server-container', { role: 'region', 'aria-label': 'Server and authorization' }],
  ['.filter-container', { role: 'search', 'aria-label': 'Filter by tag' }],
  ['#servers', { 'aria-label': 'Server' }],
  ['.info .title', { role: 'heading', 'aria-level': '2' }],
  ['textarea.body-param__text', { 'aria-label': 'Body of the request' }],
  // It says of each that it is the region "Responses".
  ['table.responses-table', { role: 'table' }],
  ['pre.microlight', { tabindex: '0' }],
];
const place = document.getElementById('swagger-ui');
new MutationObserver(() => {
  for (const [selector, attributes] of UNSAID) {
    for (const element of place.querySelectorAll(selector)) {
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    }
  }
}).observe(place, { childList: true, subtree: true });

const ui = SwaggerUIBundle({
  url: DESCRIPTION,
  domNode: place,
  plugins: [mended],
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  showExtensions: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});

function tell(text, wrong) {
  state.textContent = text;
  state.classList.toggle('wrong', Boolean(wrong));
}

// The description knows where the base path is.
async function addressOf(path) {
  const description = await (await fetch(DESCRIPTION)).json();
  return Object.keys(description.paths).find((known) => known.endsWith(path));
}

async function post(path, body, token) {
  const answer = await fetch(await addressOf(path), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  if (answer.status === 204) return undefined;
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.detail || json.title);
  return json;
}

function use(tokens, shop, who) {
  session = tokens.access_token;
  ui.preauthorizeApiKey(SCHEME, session);
  signOut.hidden = false;
  tell(`Signed in as ${who}${shop ? `, in the shop ${shop}` : ', in no shop'}.`);
  // An access token is short-lived; a new pair is fetched before it ends.
  clearTimeout(renewal);
  renewal = setTimeout(async () => {
    const body = { refresh_token: tokens.refresh_token, ...(shop && { shop }) };
    await post('/auth/refresh', body).then(
      (next) => use(next, shop, who),
      (error) => tell(`The token could not be renewed: ${error.message}`, true),
    );
  }, Math.max(tokens.expires_in - 60, 10) * 1000);
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { email, password, shop } = Object.fromEntries(new FormData(form));
  const slug = shop.trim();
  tell('Signing in…');
  await post('/auth/login', { email, password, ...(slug && { shop: slug }) }).then(
    (tokens) => {
      form.elements.password.value = '';
      use(tokens, slug, email);
    },
    (error) => tell(error.message, true),
  );
});

signOut.addEventListener('click', async () => {
  clearTimeout(renewal);
  // The session ends on the server too; a token that has ended already is no loss.
  await post('/auth/logout', {}, session).catch(() => undefined);
  session = undefined;
  ui.authActions.logout([SCHEME]);
  signOut.hidden = true;
  tell('Not signed in.');
});
