#!/usr/bin/env bash
# cv2.imread of OpenCV 4.13 (and 5.0) turns a JPEG, PNG or WebP upright by its EXIF block only. An AVIF says how to turn it
# in a property of its own ("irot", part of how the picture is shown and no mere remark), and other files have it in XMP or,
# from older ImageMagick, in a PNG's text. Pillow's ImageOps.exif_transpose knows all of these. Where boxes are drawn on
# one and a detector reads with the other, pictures lie on their side and no box fits, without a word.
#
# Seen on Linux, Python 3.11, opencv-python-headless 4.13.0.92, Pillow 13.0.0, pictures of 80x40 to be turned upright:
#     JPEG, EXIF              Pillow 40x80  OpenCV 40x80
#     JPEG, XMP               Pillow 40x80  OpenCV 80x40
#     PNG, EXIF               Pillow 40x80  OpenCV 40x80
#     PNG, XMP                Pillow 40x80  OpenCV 80x40
#     PNG, ImageMagick's way  Pillow 40x80  OpenCV 80x40
#     WebP, EXIF              Pillow 40x80  OpenCV 40x80
#     WebP, XMP               Pillow 40x80  OpenCV 80x40
#     AVIF, irot              Pillow 40x80  OpenCV 80x40
# Remedy: save such pictures turned, by Pillow's exif_transpose, before anything is drawn on them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet opencv-python-headless==4.13.0.92 pillow==13.0.0 "numpy<3"
cd "$folder"
"$folder/env/bin/python" - <<'PY'
import cv2
from PIL import Image, ImageOps, PngImagePlugin

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
)


def exif():
    """A quarter turn; made for each file, as Pillow takes the mark out of what an AVIF is saved with."""
    block = Image.Exif()
    block[0x112] = 6
    return block


xmp, words, block = PngImagePlugin.PngInfo(), PngImagePlugin.PngInfo(), exif().tobytes()
xmp.add_itxt("XML:com.adobe.xmp", XMP)
words.add_text("Raw profile type exif", f"\nexif\n{len(block):8}\n{block.hex()}\n", zip=True)
files = {
    "JPEG, EXIF": ("JPEG", {"exif": exif()}),
    "JPEG, XMP": ("JPEG", {"xmp": XMP.encode()}),
    "PNG, EXIF": ("PNG", {"exif": exif()}),
    "PNG, XMP": ("PNG", {"pnginfo": xmp}),
    "PNG, ImageMagick's way": ("PNG", {"pnginfo": words}),
    "WebP, EXIF": ("WEBP", {"exif": exif()}),
    "WebP, XMP": ("WEBP", {"xmp": XMP.encode()}),
    "AVIF, irot": ("AVIF", {"exif": exif()}),
}
for name, (kind, options) in files.items():
    path = f"picture.{kind.lower()}"
    Image.new("RGB", (80, 40)).save(path, kind, **options)
    with Image.open(path) as picture:
        width, height = ImageOps.exif_transpose(picture).size
    if kind == "AVIF":
        with open(path, "rb") as content:
            assert b"irot" in content.read()
    rows, columns = cv2.imread(path).shape[:2]
    print(f"{name:<23} Pillow {width}x{height}  OpenCV {columns}x{rows}")
    assert (width, height) == (40, 80) and (columns, rows) == ((40, 80) if name.endswith("EXIF") else (80, 40))
PY
