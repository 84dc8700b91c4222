// The words of the page itself (what the bot says comes from the bot), and dates as an office writes them.

import { recall, remember } from "./dom.js";

const WORDS = {
  id: {
    who: "Siapa Anda?", add: "Tambah orang", name: "Nama", role: "Peran (bebas)", cancel: "Batal", ok: "Oke",
    save: "Simpan", empty: "Belum ada orang. Tambahkan seseorang untuk mulai.", pick: "Pilih siapa Anda di sebelah kiri",
    notStarted: "belum mulai", blocked: "bot diblokir", unread: "{n} belum dibaca", bot: "bot", typing: "sedang mengetik",
    uploading: "sedang mengirim berkas", connecting: "Menghubungkan…", members: "{n} anggota", all: "Semua pesan",
    general: "Umum", closed: "Topik ditutup", back: "Kembali", menu: "Menu", more: "Lainnya", commands: "Perintah bot",
    write: "Pesan", send: "Kirim", attach: "Lampirkan", photo: "Foto", document: "Dokumen", asFile: "Kirim sebagai berkas",
    caption: "Tambah keterangan…", sendFiles: "Kirim {n} berkas", files: "berkas", keyboard: "Papan tombol",
    reply: "Balas", copyText: "Salin teks", edit: "Sunting", remove: "Hapus", react: "Beri reaksi {e}", copied: "Disalin",
    editing: "Sunting pesan", replyTo: "Balas ke {name}", cancelReply: "Batalkan balasan", edited: "diedit",
    pinned: "Pesan disematkan", start: "Mulai", block: "Blokir bot", unblock: "Buka blokir", transcript: "Semua percakapan",
    about: "Apa yang dilakukan bot ini?", invited: "Punya tautan undangan?", open: "Buka", notMember: "Bot tidak lagi di grup ini",
    newMessages: "{n} pesan baru", down: "Ke pesan terbaru", drop: "Lepaskan berkas di sini", spoiler: "Tampilkan teks tersembunyi",
    tapCopy: "Ketuk untuk menyalin", expand: "Tampilkan semua", collapse: "Ciutkan", photoOf: "Foto dari {name}", fileMissing: "isi tidak tersedia",
    clock: "Jam kantor", plus15: "+15 menit", plus60: "+1 jam", to1530: "ke 15.30", tomorrow: "besok 07.30", friday: "Jumat 16.30",
    clockFixed: "Jam mengikuti waktu sebenarnya.", zone: "Zona waktu", moving: "Memajukan jam…", today: "Hari ini",
    hint: "Coba ini", hintClose: "Tutup petunjuk", hint1: "Sebagai pegawai, tulis apa yang Anda kerjakan.", example: "Memeriksa 24 buku latihan -> 20 murid sudah lancar membaca",
    useExample: "Pakai contoh", hint2: "Periksa kartunya, lalu tekan Kirim.", hint3: "Pindah ke atasannya di daftar orang, buka laporannya, lalu tekan Setujui.",
    language: "Bahasa halaman", viaBot: "Obrolan {name}", location: "Lokasi", contact: "Kontak", voice: "Pesan suara", audio: "Audio",
    video: "Video", sticker: "Stiker", photoWord: "Foto", documentWord: "Dokumen", failed: "Tidak terkirim: {why}", tooLarge: "Paling besar 50 MB sekali kirim.", unreachable: "server tidak menjawab",
    download: "Unduh {name}", close: "Tutup", messageList: "Pesan", openLink: "{label}, membuka tautan", noMessages: "Belum ada pesan di sini", deleteAsk: "Hapus pesan ini?", loading: "Memuat…",
    joined: "{a} bergabung", added: "{a} menambahkan {b}", left: "{a} keluar", removed: "{a} mengeluarkan {b}", didPin: "{a} menyematkan pesan",
    topicMade: "Topik “{a}” dibuat", topicClosed: "Topik ditutup", topicOpened: "Topik dibuka lagi", renamed: "{a} mengganti nama grup menjadi “{b}”", migrated: "Grup menjadi supergrup",
  },
  en: {
    who: "Who are you?", add: "Add a person", name: "Name", role: "Role (free text)", cancel: "Cancel", ok: "OK",
    save: "Save", empty: "Nobody is here yet. Add somebody to begin.", pick: "Choose who you are on the left",
    notStarted: "not started", blocked: "bot blocked", unread: "{n} unread", bot: "bot", typing: "typing",
    uploading: "sending a file", connecting: "Connecting…", members: "{n} members", all: "All messages",
    general: "General", closed: "Topic closed", back: "Back", menu: "Menu", more: "More", commands: "Commands",
    write: "Message", send: "Send", attach: "Attach", photo: "Photo", document: "Document", asFile: "Send as a file",
    caption: "Add a caption…", sendFiles: "Send {n} files", files: "files", keyboard: "Keyboard",
    reply: "Reply", copyText: "Copy text", edit: "Edit", remove: "Delete", react: "React with {e}", copied: "Copied",
    editing: "Edit message", replyTo: "Reply to {name}", cancelReply: "Cancel reply", edited: "edited",
    pinned: "Pinned message", start: "Start", block: "Block bot", unblock: "Unblock", transcript: "All conversations",
    about: "What can this bot do?", invited: "Got an invitation link?", open: "Open", notMember: "The bot is no longer in this group",
    newMessages: "{n} new messages", down: "To the newest message", drop: "Drop files here", spoiler: "Show hidden text",
    tapCopy: "Tap to copy", expand: "Show all", collapse: "Collapse", photoOf: "Photo from {name}", fileMissing: "content not available",
    clock: "Office clock", plus15: "+15 minutes", plus60: "+1 hour", to1530: "to 15:30", tomorrow: "tomorrow 07:30", friday: "Friday 16:30",
    clockFixed: "The clock follows real time.", zone: "Time zone", moving: "Moving the clock…", today: "Today",
    hint: "Try this", hintClose: "Close the hint", hint1: "As a staff member, write what you did.", example: "Memeriksa 24 buku latihan -> 20 murid sudah lancar membaca",
    useExample: "Use the example", hint2: "Check the card, then press Kirim (send).", hint3: "Switch to the supervisor in the list of people, open the report and press Setujui (approve).",
    language: "Language of this page", viaBot: "Chats of {name}", location: "Location", contact: "Contact", voice: "Voice message", audio: "Audio",
    video: "Video", sticker: "Sticker", photoWord: "Photo", documentWord: "Document", failed: "Not sent: {why}", tooLarge: "50 MB at most in one go.", unreachable: "the server does not answer",
    download: "Download {name}", close: "Close", messageList: "Messages", openLink: "{label}, opens a link", noMessages: "No messages here yet", deleteAsk: "Delete this message?", loading: "Loading…",
    joined: "{a} joined", added: "{a} added {b}", left: "{a} left", removed: "{a} removed {b}", didPin: "{a} pinned a message",
    topicMade: "Topic “{a}” was created", topicClosed: "The topic was closed", topicOpened: "The topic was reopened", renamed: "{a} renamed the group to “{b}”", migrated: "The group became a supergroup",
  },
};

const DAYS = {
  id: ["Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"],
  en: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
};
const MONTHS = {
  id: ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
  en: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
};

// None of the three zones of Indonesia has summer time: an offset in hours says everything.
export const ZONES = { WIB: 7, WITA: 8, WIT: 9 };

let language = recall("language") === "en" ? "en" : "id";
let zone = recall("zone") in ZONES ? recall("zone") : "WIB";

export const currentLanguage = () => language;
export const currentZone = () => zone;

export function speak(code) {
  language = code;
  remember("language", code);
  document.documentElement.lang = code;
}

export function live(name) {
  zone = name;
  remember("zone", name);
}

export function t(key, values = {}) {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

// The instant as a Date whose UTC fields show the local time of the chosen zone.
export function local(instant) {
  return new Date(new Date(instant).getTime() + ZONES[zone] * 3600_000);
}

// The other way round: a local day and minute as an ISO instant with its offset.
export function instantOf(day, hours, minutes) {
  const two = (n) => String(n).padStart(2, "0");
  return `${day.toISOString().slice(0, 10)}T${two(hours)}:${two(minutes)}:00+${two(ZONES[zone])}:00`;
}

export function timeText(instant) {
  const at = local(instant);
  const two = (n) => String(n).padStart(2, "0");
  return `${two(at.getUTCHours())}${language === "id" ? "." : ":"}${two(at.getUTCMinutes())}`;
}

export const dayKey = (instant) => local(instant).toISOString().slice(0, 10);

export function dayText(instant, { year = false, short = false } = {}) {
  const at = local(instant);
  const weekday = DAYS[language][at.getUTCDay()];
  const date = `${at.getUTCDate()} ${MONTHS[language][at.getUTCMonth()]}`;
  if (short) return date;
  return `${weekday}, ${date}${year ? ` ${at.getUTCFullYear()}` : ""}`;
}

export function clockText(instant) {
  const at = local(instant);
  const date = `${at.getUTCDate()} ${MONTHS[language][at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  return { day: `${DAYS[language][at.getUTCDay()]} ${date}`, time: timeText(instant), zone };
}

export function sizeText(bytes) {
  const mark = (n) => String(n).replace(".", language === "id" ? "," : ".");
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${mark((bytes / 1024).toFixed(1))} KB`;
  return `${mark((bytes / 1024 / 1024).toFixed(1))} MB`;
}

const KINDS = { photo: "photoWord", document: "documentWord", video: "video", voice: "voice", audio: "audio", sticker: "sticker", location: "location", contact: "contact" };

// What stands for a message without text in lists and quotes.
export function previewText(text) {
  return text in KINDS ? t(KINDS[text]) : text;
}

// The server tells what happened in English words; the page says it in its own language.
export function serviceText(message) {
  const { type, text } = message.service;
  const a = message.from.name;
  const after = (words) => text.slice(a.length + words.length);
  if (type === "new_chat_members") {
    return text.startsWith(`${a} added `) ? t("added", { a, b: after(" added ") }) : t("joined", { a: text.replace(/ joined$/, "") });
  }
  if (type === "left_chat_member") {
    return text.startsWith(`${a} removed `) ? t("removed", { a, b: after(" removed ") }) : t("left", { a: text.replace(/ left$/, "") });
  }
  const quoted = text.match(/“(.*)”/s)?.[1] ?? "";
  if (type === "pinned_message") return t("didPin", { a });
  if (type === "forum_topic_created") return t("topicMade", { a: quoted });
  if (type === "forum_topic_closed") return t("topicClosed");
  if (type === "forum_topic_reopened") return t("topicOpened");
  if (type === "new_chat_title") return t("renamed", { a, b: quoted });
  if (type === "migrate_to_chat_id" || type === "migrate_from_chat_id") return t("migrated");
  return text;
}
