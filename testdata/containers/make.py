"""Writes the samples of this folder with public programs, and EXPECTED: for each file its kind, and of each raster the
extents with the count first and the CRC-32 of its samples, as the program that wrote the file has them in memory.

Debian 12: python3-numpy, python3-pil, python3-tifffile, python3-nibabel, python3-astropy, python3-pydicom; tar, zip, ar,
cpio, libtiff-tools."""
import io, os, struct, subprocess, tarfile, zipfile, zlib
import numpy as np
import nibabel, pydicom, tifffile
from astropy.io import fits
from PIL import Image

os.chdir(os.path.dirname(os.path.abspath(__file__)))
rng = np.random.default_rng(1)
expected = []


def picture(*shape, dtype='u1'):
    grid = np.indices(shape).sum(axis=0) * (37 if np.dtype(dtype).itemsize == 2 else 1)
    return (grid + rng.integers(0, 9, shape)).astype(dtype)


def expect(name, kind, *rasters):
    """Each raster with its records along the first axis."""
    words = ['x'.join(map(str, r.shape)) + ':%08x' % zlib.crc32(np.ascontiguousarray(r).tobytes()) for r in rasters]
    expected.append('\t'.join([name, kind] + words))


def tiff(name, data, rasters, **how):
    tifffile.imwrite(name, data, metadata=None, software=None, **how)
    expect(name, 'TIFF', *rasters)


a = picture(20, 13)
tiff('grey.tif', a, [a[None]], photometric='minisblack', rowsperstrip=6)
a = picture(20, 13, 3)
tiff('colour.tif', a, [a[None]], photometric='rgb', rowsperstrip=20)
a = picture(20, 13, dtype='>u2')
tiff('big-endian-16.tif', a, [a[None]], photometric='minisblack', byteorder='>', rowsperstrip=7)
a = picture(20, 13, dtype='<i2')
tiff('signed.tif', a, [a[None]], photometric='minisblack')
a = picture(3, 20, 13, dtype='<u2')
tiff('planes.tif', a, [a[None]], photometric='rgb', planarconfig='separate', rowsperstrip=9)
a = picture(5, 20, 13)
tiff('pages.tif', a, [a], photometric='minisblack')
a = picture(4, 20, 13, dtype='<u2')
tiff('big.tif', a, [a], photometric='minisblack', bigtiff=True)
a = picture(32, 48, 3)
tiles = a.reshape(2, 16, 3, 16, 3).swapaxes(1, 2).reshape(6, 16, 16, 3)
tiff('tiles.tif', a, [tiles], photometric='rgb', tile=(16, 16))
tiff('float.tif', picture(20, 13).astype('f4'), [], photometric='minisblack')
expected[-1] = 'float.tif\t-'

a = picture(20, 13, 3)
Image.fromarray(a).save('colour.bmp')
expect('colour.bmp', 'BMP', a[None, ::-1, :, ::-1])
a = picture(20, 13)
Image.fromarray(a).save('grey.bmp')
expect('grey.bmp', 'BMP', a[None, ::-1])
a = picture(20, 13, 4)
Image.fromarray(a).save('alpha.bmp')
expect('alpha.bmp', 'BMP', a[None][:, ::-1, :, [2, 1, 0, 3]])

a = picture(3, 20, 13, dtype='<i2')
nibabel.Nifti1Image(a.T, np.eye(4)).to_filename('short.nii')
expect('short.nii', 'NIfTI', a)
header = nibabel.Nifti1Header(endianness='>')
header.set_data_dtype('>i2')
nibabel.Nifti1Image(a.T, np.eye(4), header).to_filename('big-endian.nii')
expect('big-endian.nii', 'NIfTI', a.astype('>i2'))
a = picture(2, 3, 20, 13)
nibabel.Nifti2Image(a.T, np.eye(4)).to_filename('four-axes-2.nii')
expect('four-axes-2.nii', 'NIfTI', a.reshape(6, 20, 13))

a, b = picture(20, 13, dtype='>i2'), picture(4, 10, 11)
fits.HDUList([fits.PrimaryHDU(a), fits.ImageHDU(b), fits.ImageHDU(a.astype('>f4'))]).writeto('two.fits', overwrite=True)
expect('two.fits', 'FITS', a[None], b)

def dicom(name, data, syntax, **more):
    meta = pydicom.dataset.FileMetaDataset()
    meta.MediaStorageSOPClassUID = '1.2.840.10008.5.1.4.1.1.7'
    meta.MediaStorageSOPInstanceUID = '1.2.3'
    meta.TransferSyntaxUID = syntax
    d = pydicom.dataset.FileDataset(name, {}, file_meta=meta, preamble=bytes(128))
    d.Modality, d.PatientName = 'OT', 'A^B'
    d.Rows, d.Columns = data.shape[1:3]
    d.SamplesPerPixel = 1 if data.ndim == 3 else data.shape[3]
    d.BitsAllocated = d.BitsStored = 8 * data.itemsize
    d.HighBit = d.BitsStored - 1
    d.PixelRepresentation = 1 if data.dtype.kind == 'i' else 0
    d.PhotometricInterpretation = 'MONOCHROME2' if data.ndim == 3 else 'RGB'
    if len(data) > 1:
        d.NumberOfFrames = len(data)
    for key, value in more.items():
        setattr(d, key, value)
    d.PixelData = data.tobytes()
    d.is_little_endian = True
    d.is_implicit_VR = syntax == '1.2.840.10008.1.2'
    d.save_as(name, write_like_original=False)
    expect(name, 'DICOM', data)

dicom('frames.dcm', picture(3, 20, 13, dtype='<u2'), '1.2.840.10008.1.2.1')
dicom('implicit.dcm', picture(1, 20, 13, dtype='<i2'), '1.2.840.10008.1.2')
dicom('colour.dcm', picture(1, 20, 13, 3), '1.2.840.10008.1.2.1', PlanarConfiguration=0)

def netpbm(data):
    return b'P%d\n%d %d\n%d\n' % (6 if data.ndim == 3 else 5, data.shape[1], data.shape[0],
            255 if data.itemsize == 1 else 65535) + data.astype('>u%d' % data.itemsize).tobytes()

a, b, c = picture(20, 13), picture(7, 5, 3), picture(20, 13)
open('series.pnm', 'wb').write(netpbm(a) + netpbm(b) + netpbm(c))
expect('series.pnm', 'PNM', np.stack([a, c]), b[None])

a, b = picture(6, 20, 13), picture(30)
np.savez('stored.npz', x=a, y=b)
np.savez_compressed('deflated.npz', x=a, y=b)
expected += ['stored.npz\tzip\tC%d\tC%d' % (128 + a.nbytes, 128 + b.nbytes), 'deflated.npz\tzip\tD\tD']

open('a.pgm', 'wb').write(netpbm(picture(20, 13)))
open('b.txt', 'w').write('text\n' * 40)
sizes = [os.path.getsize('a.pgm'), os.path.getsize('b.txt')]
for name, form in ('ustar.tar', 'ustar'), ('gnu.tar', 'gnu'), ('pax.tar', 'pax'), ('v7.tar', 'v7'):
    subprocess.run(['tar', '--format', form, '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0', '--mode=644', '-cf', name,
            'a.pgm', 'b.txt'], check=True)
    expected.append('%s\ttar\tC%d\tC%d' % (name, *sizes))
subprocess.run(['zip', '-q', '-X', 'zip64.zip', '-fz', 'a.pgm', 'b.txt'], check=True)
expected.append('zip64.zip\tzip\tD\tD')
subprocess.run('cat a.pgm | zip -q -X streamed.zip -', shell=True, check=True)
expected.append('streamed.zip\tzip\tD')
subprocess.run(['ar', 'Drc', 'two.ar', 'a.pgm', 'b.txt'], check=True)
expected.append('two.ar\tar\tC%d\tC%d' % tuple(sizes))
for form in 'newc', 'odc':
    subprocess.run('ls a.pgm b.txt | cpio -o -H %s --quiet -R 0:0 --reproducible > %s.cpio' % (form, form), shell=True, check=True)
    expected.append('%s.cpio\tcpio\tC%d\tC%d' % (form, *sizes))
os.remove('a.pgm'), os.remove('b.txt')

# Packed pixels are taken apart, by TiffWrapping.
Image.fromarray(picture(20, 13, 3)).save('a.tif')
subprocess.run(['tiffcp', '-c', 'zip:2', '-r', '7', 'a.tif', 'deflate.tif'], check=True)
subprocess.run(['tiffcp', '-B', '-c', 'lzw:2', '-t', '-w', '16', '-l', '16', 'a.tif', 'lzw.tif'], check=True)
os.remove('a.tif')
pages = [Image.fromarray(picture(20, 13)) for page in range(3)]
pages[0].save('pages-lzw.tif', compression='tiff_lzw', save_all=True, append_images=pages[1:])
expected += ['deflate.tif\t-', 'lzw.tif\t-', 'pages-lzw.tif\t-']
open('EXPECTED', 'w').write('\n'.join(sorted(expected)) + '\n')
