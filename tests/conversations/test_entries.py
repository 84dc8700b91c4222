"""One entry's own screen: its fields, its place, its RHK."""

from datetime import time, timedelta

from sqlalchemy import Update, delete, select, update

from models import Day, Entry, LinkSource, PerformancePlan, Person, Target
from tests.conversations.conftest import Chat
from tests.conversations.test_report import QUESTION, TODAY, entries, gone


async def test_each_field_is_changed_by_a_text(chat: Chat) -> None:
    """What cannot be read is said so, the question stays, and nothing is lost."""
    ani = chat.ani
    await ani.says("Mengajar Fikih 8A 07.30-09.00 -> 30 siswa tuntas\nPiket pagi -> siswa tertib")
    await ani.taps("✎ 1")
    await ani.taps("Ubah kegiatan")
    await ani.sees("menggantikan:\nMengajar Fikih 8A", button="Batal")
    await ani.says("Mengajar Fikih 8A dan 8B")
    await ani.sees("1. Mengajar Fikih 8A dan 8B")
    for label, wrong, told, right in (
        ("Ubah jumlah", "banyak", "Jumlahnya belum jelas", "60 siswa"),
        ("Ubah waktu", "tadi", "Waktunya belum jelas", "08.00-10.00"),
    ):
        await ani.taps("✎ 1")
        await ani.taps(label)
        await ani.sees("Contoh:", button="Batal")
        await ani.says(wrong)
        await ani.sees(told)
        await ani.says(right)
        await ani.sees("1. Mengajar Fikih 8A dan 8B", button="Kirim")
    await ani.taps("✎ 1")
    await ani.taps("Ubah hasil")
    await ani.sees("Apa hasilnya, untuk siapa?", button="Batal")
    await ani.says("58 dari 60 siswa tuntas, wali 081234567890")
    await ani.sees("Ada angka yang mirip NIK")
    await ani.taps("Samarkan angkanya")
    await ani.sees("wali ••••••••7890")
    one, other = await entries(chat)
    assert (one.activity, one.starts, one.ends) == ("Mengajar Fikih 8A dan 8B", time(8), time(10))
    assert (one.quantity, one.unit) == (58, "siswa")
    assert (other.activity, other.outcome) == ("Piket pagi", "siswa tertib")


async def test_a_pending_question_can_be_left(chat: Chat) -> None:
    """By Batal, by «batal», by /batal, by pressing elsewhere, by waiting. Then a text is a report again."""
    ani = chat.ani
    await ani.says("Piket pagi -> siswa tertib")
    ways = ("Batal", "batal", "/batal", "elsewhere", "wait")
    for place, way in enumerate(ways, start=2):
        await ani.taps("✎ 1")
        await ani.taps("Ubah kegiatan", wait=True)
        await chat.sim.quiet()
        if way == "Batal":
            await ani.taps("Batal")
        elif way == "elsewhere":
            await ani.taps("‹ Kembali")
        elif way == "wait":
            await chat.move_to(chat.clock() + timedelta(minutes=31))
        else:
            await ani.says(way)
        await ani.says(f"Rapat ke-{place} -> jadwal {way} disepakati")
        await ani.sees(f"{place}. Rapat ke-{place}")
    found = await entries(chat)
    assert [one.activity for one in found] == ["Piket pagi", *(f"Rapat ke-{n}" for n in range(2, 7))]


async def test_entries_move_and_go(chat: Chat) -> None:
    ani = chat.ani
    await ani.says(
        "Piket pagi -> siswa tertib https://contoh.go.id/piket\nRapat -> jadwal\nMengajar -> tuntas"
    )
    await ani.taps("✎ 3")
    await ani.taps("▲ Naikkan")
    await ani.sees("2. Mengajar", button="Hapus")
    await ani.taps("▼ Turunkan")
    await ani.sees("3. Mengajar", button="Hapus")
    await ani.taps("▼ Turunkan", wait=True)
    await ani.taps("▲ Naikkan")
    await ani.sees("2. Mengajar", button="Hapus")
    await ani.taps("▲ Naikkan")
    await ani.sees("1. Mengajar", button="Hapus")
    assert [one.activity for one in await entries(chat)] == ["Mengajar", "Piket pagi", "Rapat"]
    await ani.taps("‹ Kembali")
    await ani.taps("✎ 2")
    await ani.taps("Hapus", message=await ani.sees("2. Piket pagi", button="Hapus"))
    await ani.sees_toast("Kegiatan dihapus.")
    assert [one.activity for one in await entries(chat)] == ["Mengajar", "Rapat"]
    await ani.says("Mengarsipkan surat -> rapi")
    card = await ani.sees("3. Mengarsipkan surat")
    assert "📎" not in card.text, "a link goes with its text"


async def test_the_rhk_is_chosen_with_reasons(chat: Chat) -> None:
    ani = chat.ani
    _, second, third = chat.office.ani_targets
    await ani.says("Menyusun perangkat pembelajaran semester 2 -> perangkat siap")
    await ani.taps("✎ 1")
    await ani.taps("Ganti RHK")
    screen = await ani.sees("RHK mana yang didukung?")
    assert "karena: " in screen.text
    assert "✓ 1" in screen.labels
    chosen = next(one for one in screen.buttons if one.data and one.data.endswith(f":{third}"))
    await ani.taps(chosen.text, message=screen)
    await ani.sees_toast("RHK disimpan")
    await ani.sees("🎯 Terlaksananya pembinaan karakter")
    [one] = await entries(chat)
    assert (one.target_id, one.link_source) == (third, LinkSource.CHOSEN)
    await ani.taps("✎ 1")
    await ani.taps("Ganti RHK")
    await ani.taps("Di luar SKP", message=await ani.sees("RHK mana"))
    await ani.sees("🎯 Di luar SKP")
    await ani.says("Menyusun perangkat pembelajaran kelas 9 -> perangkat siap")
    card = await ani.sees("2. Menyusun perangkat")
    ani.presses_data(card, f"1:et:{(await entries(chat))[1].id}:0:{second}")
    await ani.sees_toast("RHK disimpan")
    async with chat.db.writing() as session:
        await session.execute(update(Target).where(Target.id == third).values(retired_at=chat.clock()))
    ani.presses_data(card, f"1:et:{(await entries(chat))[1].id}:0:{third}")
    await ani.sees_toast("RHK itu sudah tidak berlaku")


async def test_unsure_entries_share_one_screen(chat: Chat) -> None:
    async with chat.db.writing() as session:
        plan = PerformancePlan(person_id=chat.office.eko, year=2026, created_at=chat.clock())
        session.add(plan)
        await session.flush()
        for n, text in enumerate(
            (
                "arsip",
                "surat",
                "aset",
                "gaji",
                "cuti",
                "diklat",
                "rapat",
                "tamu",
                "humas",
                "taman",
                "gudang",
                "mobil",
            )
        ):
            session.add(
                Target(plan_id=plan.id, position=n, text=f"Terkelolanya urusan {text} kantor dengan tertib")
            )
    eko = chat.eko
    await eko.says("Menjahit tirai -> selesai dua\nMemasak air -> siap minum\nMenyapu halaman -> bersih")
    await eko.sees(TODAY)
    [day_id] = {one.day_id for one in await entries_of_eko(chat)}
    async with chat.db.writing() as session:
        await session.execute(update_unsure(day_id))
    await eko.taps("Kirim")
    screen = await eko.sees("Kegiatan ini mendukung RHK mana?", button="Kirim, RHK nanti")
    assert [label for label in screen.labels if "luar SKP" in label] == [f"{n}: luar SKP" for n in (1, 2, 3)]
    await eko.taps("1: luar SKP")
    await gone(eko, "Menjahit tirai")
    await eko.taps("…", message=await eko.sees("mendukung RHK mana", button="2: luar SKP"))
    page = await eko.sees("RHK mana yang didukung?", button="1/2")
    assert len([label for label in page.labels if label.isdigit() or label.startswith("✓")]) == 10
    await eko.taps("›")
    await eko.sees("12.", button="2/2")
    await eko.taps("12", message=await eko.sees("RHK mana yang didukung?", button="2/2"))
    await eko.sees_toast("RHK disimpan")
    await eko.taps("Pilih RHK (1)")
    await eko.taps("Kirim, RHK nanti")
    await eko.sees("Terkirim, menunggu Dewi Kartika", button="Tarik kembali")
    linked = [(one.target_id is not None, one.outside_plan) for one in await entries_of_eko(chat)]
    assert linked == [(False, True), (True, False), (False, False)]
    await eko.taps("Pilih RHK (1)")
    later = await eko.sees("Kegiatan ini mendukung RHK mana?", button="3: luar SKP")
    assert "Kirim, RHK nanti" not in later.labels, "it was sent"
    await eko.taps("3: luar SKP")
    card = await eko.sees("Terkirim, menunggu Dewi Kartika", button="Tarik kembali")
    assert not [label for label in card.labels if label.startswith("Pilih RHK")]
    assert (await entries_of_eko(chat))[2].outside_plan
    eko.presses_data(card, f"1:et:{(await entries_of_eko(chat))[2].id}:0:0")
    await eko.sees_toast("Tarik kembali")


async def test_what_is_suggested_is_sent_by_one_press(chat: Chat) -> None:
    """The suggestion of the card stands first and is marked; it becomes the link, more weakly than a tap."""
    ani, (first, second, _) = chat.ani, chat.office.ani_targets
    await ani.says("Menjahit tirai -> selesai dua\nMemasak air -> siap minum")
    await ani.sees(TODAY)
    async with chat.db.writing() as session:
        unsure = {"confident": False, "link_source": LinkSource.SUGGESTED}
        await session.execute(update(Entry).values(target_id=second, outside_plan=False, **unsure))
        await session.execute(
            update(Entry)
            .where(Entry.activity == "Memasak air")
            .values(target_id=None, outside_plan=True, **unsure)
        )
    await ani.taps("Kirim")
    screen = await ani.sees("Kegiatan ini mendukung RHK mana?", button="Pakai usulan, kirim")
    assert [label for label in screen.labels if label.startswith("✓")] == ["✓ 1: RHK 2", "✓ 2: luar SKP"]
    assert screen.labels[1] == "✓ 1: RHK 2"
    await ani.taps("Pakai usulan, kirim")
    await ani.sees("Terkirim, menunggu Budi Santoso", button="Tarik kembali")
    found = [(one.target_id, one.outside_plan, one.link_source) for one in await entries(chat)]
    assert found == [(second, False, LinkSource.ACCEPTED), (None, True, LinkSource.ACCEPTED)]
    assert first not in {one.target_id for one in await entries(chat)}


async def entries_of_eko(chat: Chat) -> list[Entry]:
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        rows = await session.scalars(
            select(Entry)
            .join(Day, Day.id == Entry.day_id)
            .where(Day.person_id == chat.office.eko)
            .order_by(Entry.position)
        )
        found = list(rows)
        session.expunge_all()
        return found


def update_unsure(day_id: int) -> Update:
    """Whatever was suggested is not sure: what the screen does must not hang on the weights of words."""
    return (
        update(Entry)
        .where(Entry.day_id == day_id)
        .values(confident=False, outside_plan=False, target_id=None, link_source=LinkSource.SUGGESTED)
    )


async def test_without_a_plan_entries_are_accepted(chat: Chat) -> None:
    async with chat.db.writing() as session:
        await session.execute(delete(Target))
        await session.execute(delete(PerformancePlan))
        await session.execute(update(Person).where(Person.id == chat.office.ani).values(supervisor_id=None))
    await chat.ani.says("Piket pagi -> siswa tertib")
    card = await chat.ani.sees("SKP Anda belum ada di sini")
    assert not any("RHK" in label for label in card.labels)
    await chat.ani.taps("Kirim")
    await chat.ani.sees_toast("Tercatat ✓ 1 kegiatan")
    await chat.ani.sees(f"{TODAY} · Tercatat")
    assert not chat.ani.sees_now(QUESTION)
