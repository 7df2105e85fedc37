"""Find the pictures, the XML files and the lists of a dataset in the format of PASCAL VOC."""

from functools import partial

from yolo.data.formats import voc_xml
from yolo.data.formats.annotation_cache import read_each
from yolo.data.formats.annotation_folders import AnnotationFolders
from yolo.data.layout import Layout

find = AnnotationFolders(".xml", partial(Layout, read=read_each(voc_xml.read), unit="corners", format="VOC XML")).find
