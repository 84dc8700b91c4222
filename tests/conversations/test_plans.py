"""`/skp`: an SKP is written, proposed, returned, agreed, changed again; who sees what of it."""

from datetime import date, timedelta

from sqlalchemy import select, update

from models import (
    ActingSupervisor,
    Capacity,
    Feedback,
    PerformancePlan,
    PlanEvent,
    PlanState,
    Role,
    SeenUpdate,
    Target,
    Tone,
)
from simulator import Persona
from tests.conversations.conftest import Chat

RHK = "Tersusunnya laporan keuangan bulanan\n12 laporan\nkualitas: kepuasan 90%"
NIK = "3201014501850001"


async def writes_and_proposes(eko: Persona, text: str = RHK) -> None:
    await eko.says("/skp")
    await eko.taps("Tulis RHK pertama")
    await eko.says(text)
    await eko.taps("‹ SKP")
    await eko.taps("Ajukan")


async def test_from_nothing_to_agreed(chat: Chat) -> None:
    eko, dewi = chat.eko, chat.dewi
    await eko.says("/skp")
    card = await eko.sees("Belum ada SKP 2026 di sini.")
    assert card.labels == ["Tulis RHK pertama", "SKP 2027"]
    await eko.taps("Tulis RHK pertama")
    await eko.sees("Tulis RHK di baris pertama")
    await eko.says(RHK)
    await eko.sees("• Kualitas: kepuasan – 90%\n• Kuantitas: Jumlah laporan – 12 laporan")
    await eko.taps("‹ SKP")
    card = await eko.sees("Draf, belum diajukan")
    assert "1. Tersusunnya laporan keuangan bulanan\n▱▱▱▱▱▱▱▱▱▱ 0% · 0/12 laporan" in card.text
    await eko.taps("Ajukan")
    await eko.sees_toast("Diajukan kepada Dewi Kartika.")
    await dewi.sees("Eko Prasetyo mengajukan SKP 2026: 1 RHK menunggu persetujuan Anda.")
    await dewi.taps("Periksa SKP")
    card = await dewi.sees("Periksa, lalu sepakati atau kembalikan.")
    assert card.labels[:2] == ["Sepakati", "Kembalikan"]
    await dewi.taps("Kembalikan")
    await dewi.says("kurang")
    await dewi.sees("Alasannya terlalu pendek")
    await dewi.says("Targetnya masih terlalu rendah")
    await eko.sees("mengembalikan SKP 2026 Anda:\nTargetnya masih terlalu rendah")
    await eko.taps("Perbaiki SKP")
    await eko.sees("Dikembalikan: perbaiki, lalu ajukan lagi")
    await eko.taps("1")
    await eko.taps("Ukuran")
    await eko.taps("✎ 1")
    await eko.says("24 laporan")
    await eko.sees("24 laporan")
    await eko.taps("‹ Kembali")
    await eko.taps("‹ SKP")
    await eko.taps("Ajukan")
    await dewi.taps("Periksa SKP")
    await dewi.taps("Sepakati")
    await dewi.sees_toast("SKP 2026 Eko Prasetyo disepakati.")
    await eko.sees("SKP 2026 Anda disepakati oleh Dewi Kartika (versi 1).")
    await eko.taps("Buka SKP")
    await eko.sees("Disepakati 18 November 2026 oleh Dewi Kartika")


async def test_a_change_is_shown_against_what_holds(chat: Chat) -> None:
    eko, dewi = chat.eko, chat.dewi
    await writes_and_proposes(eko)
    await dewi.taps("Periksa SKP")
    await dewi.taps("Sepakati")
    await eko.taps("Buka SKP")
    await eko.taps("1")
    await eko.taps("Ubah kalimat")
    await eko.sees("menggantikan:\nTersusunnya laporan keuangan bulanan")
    await eko.says("Tersusunnya laporan keuangan yang andal")
    await eko.taps("‹ SKP")
    await eko.sees("Versi 2 sedang disusun, belum diajukan.")
    await eko.taps("Tambah RHK")
    await eko.says("Tambahan: Terlaksananya panitia HUT RI\n2 kegiatan")
    await eko.taps("‹ SKP")
    await eko.taps("Ajukan")
    await dewi.sees("mengajukan perubahan SKP 2026: 2 perubahan")
    await dewi.taps("Periksa SKP")
    card = await dewi.sees("Yang berubah: 1 baru, 1 diubah, 0 dihapus.")
    assert (
        "semula Tersusunnya laporan keuangan bulanan\nmenjadi Tersusunnya laporan keuangan yang andal"
        in card.text
    )
    assert "2. Terlaksananya panitia HUT RI · baru" in card.text
    await dewi.taps("Sepakati")
    await eko.sees("(versi 2)")
    await eko.taps("Buka SKP")
    await eko.taps("Riwayat")
    card = await eko.sees("Versi 2 disepakati oleh Dewi Kartika")
    assert card.labels == ["Versi 2", "Versi 1", "‹ Kembali"]
    await eko.taps("Versi 1")
    await eko.sees("Versi 1, sudah diganti\n\n1. Tersusunnya laporan keuangan bulanan")
    await eko.taps("‹ Kembali")
    await eko.sees("Riwayat")


async def test_lines_that_are_not_understood_are_given_back_and_asked_for(chat: Chat) -> None:
    eko = chat.eko
    await eko.says("/skp")
    await eko.taps("Tulis RHK pertama")
    await eko.says("ab")
    await eko.sees("RHK-nya terlalu pendek")
    await eko.says("Tersusunnya laporan\nlaporannya banyak sekali")
    await eko.sees("1 baris ini belum saya pahami sebagai ukuran:\nlaporannya banyak sekali")
    await eko.sees("Apa ukurannya?")
    await eko.says("entahlah bu")
    await eko.sees("Ukurannya belum terbaca")
    await eko.says("12 laporan")
    await eko.sees("• Kuantitas: Jumlah laporan – 12 laporan")


async def test_an_skp_without_indicators_says_which_rhk_lacks_them(chat: Chat) -> None:
    eko = chat.eko
    await eko.says("/skp")
    await eko.taps("Tulis RHK pertama")
    await eko.says("Tersusunnya laporan")
    await eko.taps("Batal")
    await eko.taps("‹ SKP")
    await eko.sees("⚠ ukurannya belum ada")
    await eko.taps("Ajukan")
    await eko.sees_toast("RHK 1 belum punya ukuran.")


async def test_a_citizens_number_is_asked_about_before_it_is_kept(chat: Chat) -> None:
    eko = chat.eko
    await eko.says("/skp")
    await eko.taps("Tulis RHK pertama")
    await eko.says(f"Terlayaninya warga NIK {NIK}\n3 orang")
    await eko.taps("Samarkan angkanya")
    await eko.sees("• Kuantitas: Jumlah orang – 3 orang")
    async with chat.db.reading() as session:
        stored = await session.scalar(select(Target.text).where(Target.text.startswith("Terlayaninya")))
    assert stored is not None
    assert NIK not in stored


async def test_an_rhk_in_every_detail(chat: Chat) -> None:
    eko, dewi = chat.eko, chat.dewi
    await dewi.says("/skp")
    await dewi.taps("Tulis RHK pertama")
    await dewi.says("Meningkatnya layanan\n90%")
    await writes_and_proposes(eko)
    await eko.taps("Tarik kembali")
    await eko.taps("1")
    await eko.taps("RHK atasan")
    await eko.sees("RHK Dewi Kartika mana yang didukung?")
    await eko.taps("1")
    await eko.sees("↑ Mendukung: Meningkatnya layanan")
    await eko.taps("Rencana aksi")
    await eko.taps("+ TW IV")
    await eko.says("Menyusun 3 laporan bulanan\nRapat akhir tahun")
    await eko.sees("TW IV\n1. Menyusun 3 laporan bulanan · rencana 3\n2. Rapat akhir tahun")
    await eko.taps("✕ 2")
    await eko.taps("‹ Kembali")
    await eko.taps("Jadikan tambahan")
    await eko.sees("Kinerja tambahan")
    await eko.taps("Ukuran")
    await eko.taps("✕ 2")
    await eko.taps("‹ Kembali")
    async with chat.db.writing() as session:
        target = (
            await session.scalars(select(Target).where(Target.text.startswith("Tersusunnya laporan")))
        ).one()
        session.add(
            Feedback(
                from_id=chat.office.dewi,
                to_id=chat.office.eko,
                target_id=target.id,
                tone=Tone.DIRECTION,
                text="Mulai dari bulan lalu",
                given_at=chat.clock(),
            )
        )
    await eko.taps("Hapus")
    await eko.sees("Sudah dihapus dari SKP ini.")
    await eko.taps("Urungkan")
    card = await eko.sees("💬 Dewi Kartika, 18 November 2026: Mulai dari bulan lalu")
    assert "TW IV\n• Menyusun 3 laporan bulanan · rencana 3" in card.text
    assert "Kualitas" not in card.text


async def test_annexes_behaviours_and_the_jpt_form(chat: Chat) -> None:
    eko, dewi = chat.eko, chat.dewi
    await eko.says("/skp")
    await eko.taps("Tulis RHK pertama")
    await eko.says(RHK)
    await eko.taps("‹ SKP")
    await eko.taps("Lampiran")
    await eko.taps("Tambah dukungan")
    await eko.says("Laptop\nPrinter")
    await eko.sees("1. Laptop\n\n2. Printer")
    await eko.taps("✕ 2")
    await eko.taps("Formulir: JPT")
    await eko.taps("‹ Kembali")
    await eko.taps("Ajukan")
    await eko.sees_toast("RHK 1 belum punya perspektif.")
    await eko.taps("1")
    await eko.taps("Proses bisnis")
    await eko.taps("‹ SKP")
    await eko.sees("Perspektif proses bisnis\n\n1. Tersusunnya")
    await eko.taps("Ajukan")
    await dewi.taps("Periksa SKP")
    await dewi.taps("Perilaku")
    await dewi.taps("2")
    await dewi.sees("Apa ekspektasi Anda bagi Eko Prasetyo untuk Akuntabel?")
    await dewi.says("Setiap laporan disertai bukti")
    await dewi.sees("Ekspektasi Dewi Kartika: Setiap laporan disertai bukti")
    await eko.sees("Dewi Kartika menulis ekspektasi untuk Anda.\nAkuntabel: Setiap laporan disertai bukti")


async def test_what_was_withdrawn_is_not_decided_on(chat: Chat) -> None:
    await writes_and_proposes(chat.eko)
    await chat.dewi.taps("Periksa SKP")
    await chat.eko.taps("Tarik kembali")
    await chat.dewi.sees("Eko Prasetyo menarik kembali SKP 2026 untuk diubah.")
    await chat.dewi.taps("Sepakati")
    await chat.dewi.sees_toast("SKP ini baru saja ditarik kembali oleh pegawainya.")
    async with chat.db.reading() as session:
        plan = (
            await session.scalars(select(PerformancePlan).where(PerformancePlan.person_id == chat.office.eko))
        ).one()
        assert plan.state is PlanState.DRAFT


async def test_a_reason_that_comes_too_late_ends_the_question(chat: Chat) -> None:
    await writes_and_proposes(chat.eko)
    await chat.dewi.taps("Periksa SKP")
    await chat.dewi.taps("Kembalikan")
    await chat.eko.taps("Tarik kembali")
    await chat.dewi.says("Targetnya masih terlalu rendah")
    await chat.dewi.sees("SKP ini baru saja ditarik kembali oleh pegawainya.")
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        ended_on = await session.scalar(
            select(SeenUpdate.card_kind).order_by(SeenUpdate.update_id.desc()).limit(1)
        )
    assert ended_on == "untaken", "the words come back should that not have been seen"
    await chat.dewi.says("Rapat -> disepakati")
    await chat.dewi.sees("Draf, belum dikirim")


async def test_a_stand_in_decides_and_it_is_said(chat: Chat) -> None:
    today = date(2026, 11, 18)
    async with chat.db.writing() as session:
        session.add(
            ActingSupervisor(
                supervisor_id=chat.office.dewi,
                acting_id=chat.office.citra,
                capacity=Capacity.PLH,
                first=today,
                last=today + timedelta(days=1),
                set_by=chat.office.dewi,
                created_at=chat.clock(),
            )
        )
    await writes_and_proposes(chat.eko)
    await chat.dewi.sees("mengajukan SKP 2026")
    await chat.citra.sees("mengajukan SKP 2026")
    await chat.citra.says("/skp 2026")
    await chat.citra.taps("SKP tim")
    await chat.citra.sees("1. Eko Prasetyo · menunggu Anda (Plh. Dewi Kartika)")
    await chat.citra.taps("Eko Prasetyo")
    await chat.citra.taps("Sepakati")
    await chat.eko.sees("disepakati oleh Citra Lestari (Plh.)")
    async with chat.db.reading() as session:
        assert (
            await session.scalars(select(PlanEvent.capacity).order_by(PlanEvent.id.desc()))
        ).first() == "plh"
    await chat.dewi.taps("Periksa SKP")
    await chat.dewi.sees("Disepakati 18 November 2026 oleh Citra Lestari")


async def test_a_head_settles_and_it_is_on_record(chat: Chat) -> None:
    await chat.head.says("/skp")
    await chat.head.taps("Tulis RHK pertama")
    await chat.head.says("Meningkatnya mutu madrasah\n78 nilai")
    await chat.head.taps("‹ SKP")
    card = await chat.head.sees("Draf, belum ditetapkan")
    assert "Ajukan" not in card.labels
    await chat.head.taps("Tetapkan")
    await chat.head.sees("Ditetapkan 18 November 2026: tanpa atasan di sini; dicatat")


async def test_many_rhk_are_paged(chat: Chat) -> None:
    async with chat.db.writing() as session:
        plan = await session.scalar(
            select(PerformancePlan.id).where(PerformancePlan.person_id == chat.office.ani)
        )
        session.add_all(
            Target(plan_id=plan or 0, position=place, text=f"Hasil {place} " + "kata " * 180)
            for place in range(3, 12)
        )
    await chat.ani.says("/skp")
    card = await chat.ani.sees("1. Terlaksananya pembelajaran")
    assert "1/2" in card.labels
    await chat.ani.taps("›")
    await chat.ani.sees("12. Hasil 11")
    await chat.ani.taps("12")
    await chat.ani.sees("12. Hasil 11")


async def test_other_years_are_reached_and_what_is_over_is_not_changed(chat: Chat) -> None:
    async with chat.db.writing() as session:
        session.add(PerformancePlan(person_id=chat.office.ani, year=2025, created_at=chat.clock()))
    await chat.ani.says("/skp")
    await chat.ani.taps("SKP 2025")
    card = await chat.ani.sees("Tidak ada SKP 2025 di sini.")
    assert "Tulis RHK pertama" not in card.labels
    await chat.ani.taps("SKP 2027")
    await chat.ani.taps("Tulis RHK pertama")
    await chat.ani.says(RHK)
    await chat.ani.taps("‹ SKP")
    await chat.ani.sees("SKP 2027")
    await chat.ani.says("/skp tahun depan")
    await chat.ani.sees("Tahun «tahun depan» belum jelas.")


async def test_those_without_an_skp_are_told_so(chat: Chat) -> None:
    await chat.admin.says("/skp")
    await chat.admin.sees("kinerja import skp BERKAS.xlsx")
    await chat.stranger.says("/skp")
    await chat.stranger.sees("Anda belum terdaftar di sini.")
    async with chat.db.writing() as session:
        await session.execute(update(Role).where(Role.person_id == chat.office.eko).values(role="observer"))
    await chat.eko.says("/skp")
    await chat.eko.sees("Anda tidak mempunyai SKP di sini, karena tidak diminta melapor.")


async def test_a_question_about_an_skp_lapses(chat: Chat) -> None:
    await chat.eko.says("/skp")
    await chat.eko.taps("Tulis RHK pertama")
    await chat.eko.sees("Tulis RHK di baris pertama")
    await chat.move_to(chat.clock() + timedelta(minutes=31))
    await chat.eko.says("Rapat koordinasi -> disepakati")
    await chat.eko.sees("Draf, belum dikirim")


async def test_a_report_typed_while_an_rhk_is_asked_for_stays_a_report(chat: Chat) -> None:
    await chat.eko.says("/skp")
    await chat.eko.taps("Tulis RHK pertama")
    await chat.eko.sees("Tulis RHK di baris pertama")
    await chat.eko.says("Rapat koordinasi -> disepakati")
    await chat.eko.sees("Draf, belum dikirim")


async def test_several_rhk_in_one_message(chat: Chat) -> None:
    eko = chat.eko
    await eko.says("/skp")
    await eko.taps("Tulis RHK pertama")
    await eko.says(
        "1. Tersusunnya laporan\n12 laporan\n2. Meningkatnya layanan\nentahlah bu\n3. Rapat\n12 rapat"
    )
    card = await eko.sees("Draf, belum diajukan")
    assert "2. Meningkatnya layanan\n⚠ ukurannya belum ada" in card.text
    await eko.sees("1 baris di RHK 2 belum saya pahami sebagai ukuran:\nentahlah bu\nTekan 2,")


async def test_what_was_read_stands_above_what_is_asked_again(chat: Chat) -> None:
    eko = chat.eko
    await eko.says("/skp")
    await eko.taps("Tulis RHK pertama")
    await eko.says("Tersusunnya laporan\nkuantitas 12 laporan, kualitas 90%\nentahlah bu")
    card = await eko.sees("Apa ukurannya?")
    assert (
        "Sudah terbaca\n• Kuantitas: Jumlah laporan – 12 laporan\n• Kualitas: Mutu hasil – 90%" in card.text
    )


async def test_a_bare_number_changes_the_target_only_and_the_head_sees_both(chat: Chat) -> None:
    eko, dewi = chat.eko, chat.dewi
    await writes_and_proposes(eko, "Tersusunnya modul\nModul ajar yang disusun: 12 modul\n90%")
    await dewi.taps("Periksa SKP")
    await dewi.taps("Sepakati")
    await eko.taps("Buka SKP")
    await eko.taps("1")
    await eko.taps("Ukuran")
    await eko.taps("✎ 1")
    await eko.says("10")
    await eko.sees("1. • Kuantitas: Modul ajar yang disusun – 10 modul")
    await eko.taps("✎ 2")
    await eko.says("kualitas: kepuasan 95%")
    await eko.taps("‹ Kembali")
    await eko.taps("‹ SKP")
    await eko.taps("Ajukan")
    await dewi.taps("Periksa SKP")
    card = await dewi.sees("Yang berubah")
    assert "• Kuantitas: Modul ajar yang disusun – semula 12 modul menjadi 10 modul" in card.text
    assert "• Kualitas: semula Mutu hasil – 90% menjadi kepuasan – 95%" in card.text


async def test_what_was_returned_says_so_to_who_returned_it_and_again_with_the_next_proposal(
    chat: Chat,
) -> None:
    eko, dewi = chat.eko, chat.dewi
    await eko.says("/skp")
    await eko.taps("Tulis RHK pertama")
    await eko.says(f"1. {RHK}\n2. Meningkatnya layanan\n90%")
    await eko.taps("Ajukan")
    await dewi.taps("Periksa SKP")
    await dewi.taps("Kembalikan")
    card = await dewi.sees("Apa yang perlu diperbaiki?")
    assert "2. Meningkatnya layanan" in card.text
    assert card.labels == [
        "Target terlalu rendah",
        "Ukuran belum jelas",
        "Belum selaras dengan RHK saya",
        "Batal",
    ]
    await dewi.taps("Ukuran belum jelas")
    card = await dewi.sees("Dikembalikan kepada Eko Prasetyo, 18 November 2026\n\nUkuran belum jelas")
    assert "perbaiki" not in card.text
    await eko.sees("mengembalikan SKP 2026 Anda:\nUkuran belum jelas")
    await eko.taps("Perbaiki SKP")
    await eko.taps("Ajukan")
    await dewi.taps("Periksa SKP")
    await dewi.sees("Anda mengembalikannya 18 November:\nUkuran belum jelas")
    await dewi.taps("1")
    await dewi.taps("RHK 2 ›")
    await dewi.taps("‹ RHK 1")
    await dewi.sees("1. Tersusunnya laporan keuangan bulanan")


async def test_a_begun_version_can_be_dropped_at_once(chat: Chat) -> None:
    eko, dewi = chat.eko, chat.dewi
    await writes_and_proposes(eko)
    await dewi.taps("Periksa SKP")
    await dewi.taps("Sepakati")
    await eko.taps("Buka SKP")
    await eko.taps("Tambah RHK")
    await eko.says("1. Alfa beta\n3 kegiatan\n2. Gama delta\n4 kegiatan")
    await eko.taps("1")
    await eko.taps("Hapus")
    await eko.taps("‹ SKP")
    await eko.taps("Batalkan semua perubahan")
    await eko.sees("Batalkan semua perubahan versi 2 (3)? Versi 1 yang disepakati tetap berlaku.")
    await eko.taps("Ya, batalkan")
    card = await eko.sees("Disepakati 18 November 2026 oleh Dewi Kartika")
    assert "Alfa" not in card.text
    assert "akan dihapus" not in card.text


async def test_a_measure_and_a_step_come_back_with_urungkan(chat: Chat) -> None:
    eko = chat.eko
    await eko.says("/skp")
    await eko.taps("Tulis RHK pertama")
    await eko.says(RHK)
    await eko.taps("Ukuran")
    await eko.taps("✕ 2")
    await eko.taps("✕ 1")
    card = await eko.sees("Ukurannya belum ada. Tekan Tambah ukuran.")
    await eko.taps("Urungkan")
    card = await eko.sees("1. • Kuantitas: Jumlah laporan – 12 laporan")
    assert "Urungkan" not in card.labels
    await eko.taps("‹ Kembali")
    await eko.taps("Rencana aksi")
    await eko.taps("+ TW I")
    await eko.says("Menyusun 3 laporan")
    await eko.taps("Sama untuk semua triwulan")
    card = await eko.sees("4. Menyusun 3 laporan · rencana 3")
    await eko.taps("✕ 4")
    card = await eko.sees("TW IV\n–")
    await eko.taps("Urungkan")
    card = await eko.sees("4. Menyusun 3 laporan")
    assert "Urungkan" not in card.labels


async def test_a_measure_taken_away_earlier_does_not_come_back(chat: Chat) -> None:
    eko = chat.eko
    await eko.says("/skp")
    await eko.taps("Tulis RHK pertama")
    await eko.says(RHK)
    await eko.taps("Ukuran")
    await eko.taps("✕ 2")
    await eko.says("/skp")
    await eko.taps("Urungkan")
    await eko.sees_toast("berubah")


async def test_a_deleted_rhk_has_no_number(chat: Chat) -> None:
    eko = chat.eko
    await eko.says("/skp")
    await eko.taps("Tulis RHK pertama")
    await eko.says("1. Alfa beta\n3 kegiatan\n2. Gama delta\n4 kegiatan")
    await eko.taps("2")
    await eko.taps("Hapus")
    card = await eko.sees("Sudah dihapus dari SKP ini.")
    assert "\nGama delta" in card.text


async def test_numbered_annex_lines_keep_one_number(chat: Chat) -> None:
    eko = chat.eko
    await eko.says("/skp")
    await eko.taps("Tulis RHK pertama")
    await eko.says(RHK)
    await eko.taps("‹ SKP")
    await eko.taps("Lampiran")
    await eko.taps("Tambah dukungan")
    await eko.says("1. Laptop\n2) Printer")
    await eko.sees("1. Laptop\n\n2. Printer")


async def test_a_command_says_that_it_closed_the_question(chat: Chat) -> None:
    eko = chat.eko
    await eko.says("/skp")
    await eko.taps("Tulis RHK pertama")
    await eko.says("/capaian")
    await eko.sees("Pertanyaan tadi ditutup. Untuk menjawabnya, tekan lagi tombolnya.")
    await eko.says("/skp")
    await chat.sim.quiet()
    said = [one.text for one in eko.messages if one.from_bot]
    assert sum("Pertanyaan tadi ditutup" in text for text in said) == 1
    await eko.taps("Tulis RHK pertama")
    await eko.says("/skp dulu")
    await eko.sees("Tahun «dulu» belum jelas")
    await chat.sim.quiet()
    said = [one.text for one in eko.messages if one.from_bot]
    assert sum("Pertanyaan tadi ditutup" in text for text in said) == 2
    await eko.says("/skp")
    await eko.taps("Tulis RHK pertama")
    await eko.says("/batal")
    await eko.sees("Baik, dibatalkan")
    await chat.sim.quiet()
    said = [one.text for one in eko.messages if one.from_bot]
    assert sum("Pertanyaan tadi ditutup" in text for text in said) == 2


async def test_a_report_is_no_wording(chat: Chat) -> None:
    ani = chat.ani
    await ani.says("/skp")
    await ani.taps("1")
    await ani.taps("Ubah kalimat")
    await ani.says("Menyusun laporan -> jadi 1 laporan")
    await ani.sees("jadi 1 laporan")
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        assert await session.scalar(select(Target.id).where(Target.text.contains("laporan ->"))) is None
